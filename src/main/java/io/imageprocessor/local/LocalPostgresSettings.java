package io.imageprocessor.local;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The database of the profile local-postgres.
 *
 * @param folder where it keeps its data; made if it is not there. One service at a time can use it.
 */
@ConfigurationProperties("imageprocessor.local-postgres")
record LocalPostgresSettings(@DefaultValue("data/postgres") Path folder) {}
