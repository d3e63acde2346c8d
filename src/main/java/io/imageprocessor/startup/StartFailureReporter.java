package io.imageprocessor.startup;

import io.imageprocessor.postgres.UnusableDatabaseException;
import io.imageprocessor.stores.StoreMasterException;
import java.net.SocketException;
import java.util.Optional;
import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.WebServerException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.ConversionFailedException;

/**
 * Logs in one line why the service does not start, without a stack trace.
 *
 * <p>It handles an unusable store master or database, an invalid setting, and a port or address that is not available.
 * Spring Boot reports all other failures. The stack trace is logged at debug level.
 *
 * <p>Spring Boot finds this class through {@code META-INF/spring.factories}, calls it first, and then ends the process
 * with exit code 1.
 */
@Slf4j
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class StartFailureReporter implements SpringBootExceptionReporter {

    private final SettingFailures settings;

    /** @param context the context that failed to start; null if the start failed before its creation */
    StartFailureReporter(@Nullable ConfigurableApplicationContext context) {
        settings = new SettingFailures(context == null ? text -> text : context.getEnvironment()::resolvePlaceholders);
    }

    @Override
    public boolean reportException(Throwable failure) {
        Optional<String> reason = Optional.empty();
        for (Throwable cause = failure; cause != null && reason.isEmpty(); cause = cause.getCause()) {
            reason = reason(cause);
        }
        reason.ifPresent(text -> log.error("cannot start: {}", text));
        log.debug("cannot start, stack trace", failure);
        return reason.isPresent();
    }

    private Optional<String> reason(Throwable cause) {
        return switch (cause) {
            case StoreMasterException badStores -> Optional.ofNullable(badStores.getMessage());
            case UnusableDatabaseException badDatabase -> Optional.ofNullable(badDatabase.getMessage());
            case PortInUseException taken -> Optional.of("port %d is already in use".formatted(taken.getPort()));
            case WebServerException noServer -> address(NestedExceptionUtils.getMostSpecificCause(noServer));
            case BindException badSetting -> settings.describe(badSetting);
            case InvalidConfigurationPropertyValueException badSetting ->
                Optional.of(badSetting.getName() + " " + badSetting.getReason());
            case ConversionFailedException badSetting -> settings.describe(badSetting);
            default -> Optional.empty();
        };
    }

    /** Only Tomcat checks the range of server.port and the server.address; it wraps the cause several times. */
    private static Optional<String> address(Throwable rootCause) {
        return rootCause instanceof IllegalArgumentException || rootCause instanceof SocketException
                ? Optional.of(
                        "the web server cannot listen on server.address and server.port: " + rootCause.getMessage())
                : Optional.empty();
    }
}
