package io.imageprocessor.local;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of the database in the profile local-postgres.
 *
 * @param folder Folder of the database's data; created if it is missing. One service at a time can use it.
 */
@ConfigurationProperties("imageprocessor.local-postgres")
record LocalPostgresSettings(@DefaultValue("data/postgres") Path folder) {}
