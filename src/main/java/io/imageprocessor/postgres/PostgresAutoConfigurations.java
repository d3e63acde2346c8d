package io.imageprocessor.postgres;

import io.imageprocessor.job.StorageSettings;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Excludes the auto-configurations for a database unless storage=postgres, so that storage=memory loads none of their
 * classes. Spring Boot finds it through {@code META-INF/spring.factories}, and runs it before its own filters, which
 * load classes to check for them.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class PostgresAutoConfigurations implements AutoConfigurationImportFilter, EnvironmentAware {

    private static final List<String> DATABASE_PACKAGES = List.of(
            "org.springframework.boot.jdbc.autoconfigure.",
            "org.springframework.boot.flyway.autoconfigure.",
            "org.springframework.boot.sql.autoconfigure.",
            "org.springframework.boot.transaction.autoconfigure.",
            "com.github.kagkarlsson.scheduler.boot.autoconfigure.");

    private boolean postgres;

    /** Reads the setting before any bean exists, so that an invalid value is reported, and not a missing bean. */
    @Override
    public void setEnvironment(Environment environment) {
        postgres = StorageSettings.storage(environment) == StorageSettings.Storage.POSTGRES;
    }

    @Override
    public boolean[] match(@Nullable String[] configurations, AutoConfigurationMetadata metadata) {
        boolean[] match = new boolean[configurations.length];
        for (int i = 0; i < match.length; i++) {
            match[i] = postgres || isWithoutDatabase(configurations[i]);
        }
        return match;
    }

    /** @param configuration a class name; null if another filter has excluded it */
    private static boolean isWithoutDatabase(@Nullable String configuration) {
        String name = Objects.requireNonNullElse(configuration, "");
        return DATABASE_PACKAGES.stream().noneMatch(name::startsWith);
    }
}
