package io.imageprocessor.postgres;

import io.imageprocessor.autoconfigure.AutoConfigurationSwitch;
import io.imageprocessor.job.StorageSettings;
import java.util.List;
import org.springframework.core.env.Environment;

/**
 * Leaves out all auto-configurations for a database unless the storage is {@code postgres}. With {@code storage=memory}
 * no class for a database is loaded.
 */
final class PostgresAutoConfigurations extends AutoConfigurationSwitch {

    private static final List<String> DATABASE_PREFIXES = List.of(
            "org.springframework.boot.jdbc.autoconfigure.",
            "org.springframework.boot.flyway.autoconfigure.",
            "org.springframework.boot.sql.autoconfigure.",
            "org.springframework.boot.transaction.autoconfigure.",
            "com.github.kagkarlsson.scheduler.boot.autoconfigure.");

    @Override
    protected List<String> unneededPrefixes(Environment environment) {
        boolean postgres = StorageSettings.storage(environment) == StorageSettings.Storage.POSTGRES;
        return postgres ? List.of() : DATABASE_PREFIXES;
    }
}
