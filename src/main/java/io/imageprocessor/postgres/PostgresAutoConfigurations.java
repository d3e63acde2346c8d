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
 * Leaves everything out that is for a database, unless jobs are kept in one: with storage=memory no class of it is
 * loaded. Spring Boot finds it through {@code META-INF/spring.factories}, and asks it before those filters that look
 * whether classes are there, and load them.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class PostgresAutoConfigurations implements AutoConfigurationImportFilter, EnvironmentAware {

    private static final List<String> FOR_A_DATABASE = List.of(
            "org.springframework.boot.jdbc.autoconfigure.",
            "org.springframework.boot.flyway.autoconfigure.",
            "org.springframework.boot.sql.autoconfigure.",
            "org.springframework.boot.transaction.autoconfigure.",
            "com.github.kagkarlsson.scheduler.boot.autoconfigure.");

    private boolean postgres;

    /** Comes before any bean, so that a bad value is told as such and not as the lack of what it would have chosen. */
    @Override
    public void setEnvironment(Environment environment) {
        postgres = StorageSettings.storage(environment) == StorageSettings.Storage.POSTGRES;
    }

    @Override
    public boolean[] match(@Nullable String[] configurations, AutoConfigurationMetadata metadata) {
        boolean[] match = new boolean[configurations.length];
        for (int i = 0; i < match.length; i++) {
            match[i] = postgres || isForAnything(configurations[i]);
        }
        return match;
    }

    /** Names of configurations that were left out before are null. */
    private static boolean isForAnything(@Nullable String configuration) {
        String name = Objects.requireNonNullElse(configuration, "");
        return FOR_A_DATABASE.stream().noneMatch(name::startsWith);
    }
}
