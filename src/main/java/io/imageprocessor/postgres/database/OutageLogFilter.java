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
 * What the libraries log: with each of their attempts a stack trace, while the database is away. They are named as in
 * {@code application.yaml}, whose levels would prevail over one of a logger above. Not thread-safe.
 */
@RequiredArgsConstructor
public final class OutageLogFilter {

    private static final List<String> NAMES = List.of(
            "com.zaxxer.hikari.pool",
            "com.github.kagkarlsson.scheduler",
            "org.postgresql",
            "org.springframework.transaction.support.TransactionTemplate");

    private final LoggingSystem logging;
    private final Map<String, @Nullable LogLevel> before = new HashMap<>();

    void silence() {
        for (String name : NAMES) {
            LoggerConfiguration logger = logging.getLoggerConfiguration(name);
            before.put(name, logger == null ? null : logger.getConfiguredLevel());
            logging.setLogLevel(name, LogLevel.OFF);
        }
    }

    void restore() {
        before.forEach(logging::setLogLevel);
    }
}
