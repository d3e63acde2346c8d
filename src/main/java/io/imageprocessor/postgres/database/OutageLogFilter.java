package io.imageprocessor.postgres.database;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lombok.RequiredArgsConstructor;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggerConfiguration;
import org.springframework.boot.logging.LoggingSystem;

/**
 * Turns off the loggers of libraries during an outage, when each of their attempts would log a stack trace. The names
 * are those of {@code application.yaml}, because a level set there overrides that of a parent logger. Not thread-safe.
 */
@RequiredArgsConstructor
final class OutageLogFilter {

    private static final List<String> NAMES = List.of(
            "com.zaxxer.hikari.pool",
            "com.github.kagkarlsson.scheduler",
            "org.postgresql",
            "org.springframework.jdbc.support.JdbcTransactionManager",
            "org.springframework.transaction.support.TransactionTemplate");

    private final LoggingSystem logging;
    private final Map<String, @Nullable LogLevel> configuredLevels = new HashMap<>();

    void silence() {
        for (String name : NAMES) {
            LoggerConfiguration logger = logging.getLoggerConfiguration(name);
            configuredLevels.put(name, logger == null ? null : logger.getConfiguredLevel());
            logging.setLogLevel(name, LogLevel.OFF);
        }
    }

    void restore() {
        configuredLevels.forEach(logging::setLogLevel);
    }
}
