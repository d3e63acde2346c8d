package io.imageprocessor.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.helpers.MessageFormatter;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Limits the warnings and errors of libraries to one a minute for each of their loggers. Clients and outages drive
 * them: odd paths and headers, lost connections, an unreachable collector. A line counts those of its logger that were
 * suppressed since the last one. Stack traces are limited further ({@link TraceLimit}), and left out for failed calls
 * of a database. A logger at debug level is not limited. Thread-safe.
 *
 * <p>The limit is for each logger and not for each message, because many libraries put their values into the message.
 */
@Component
final class LibraryLogLimiter extends TurboFilter implements DisposableBean {

    /** Packages, and classes outside them, whose loggers are limited; Spring's startup and scheduling are not. */
    private static final List<String> NAMES = List.of(
            "com.github.kagkarlsson.scheduler",
            "com.zaxxer.hikari",
            "io.micrometer",
            "io.opentelemetry",
            "org.apache.catalina",
            "org.apache.coyote",
            "org.apache.tomcat",
            "org.postgresql",
            "org.springdoc",
            "org.springframework.boot.actuate",
            "org.springframework.boot.health",
            "org.springframework.boot.webmvc",
            "org.springframework.http",
            "org.springframework.jdbc",
            "org.springframework.transaction",
            "org.springframework.web");

    /** Whether the current thread writes a line that has passed already. */
    private static final ThreadLocal<Boolean> WRITING = ThreadLocal.withInitial(() -> false);

    private final LongSupplier nanoTime;
    private final TraceLimit traces;
    private final Map<String, MinuteLimit> limits = new ConcurrentHashMap<>();

    /** Installs the filter, until it is destroyed. Does nothing with another log library than Logback. */
    LibraryLogLimiter() {
        this(System::nanoTime);
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (factory instanceof LoggerContext context) {
            setContext(context);
            start();
            context.addTurboFilter(this);
        }
    }

    /** @param nanoTime the current time, as {@link System#nanoTime} returns it */
    LibraryLogLimiter(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.traces = new TraceLimit(nanoTime);
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String message,
            @Nullable Object @Nullable [] arguments,
            @Nullable Throwable cause) {
        // Without a message this is only the question whether the level is enabled.
        if (message == null || !level.isGreaterOrEqual(Level.WARN) || !isLimited(logger, level)) {
            return FilterReply.NEUTRAL;
        }
        long suppressed = limits.computeIfAbsent(logger.getName(), _ -> new MinuteLimit(1))
                .next(nanoTime.getAsLong());
        if (suppressed == MinuteLimit.SUPPRESS) {
            return FilterReply.DENY;
        }
        Throwable fault = cause(arguments, cause);
        boolean traced = fault == null
                // Outages cause most of them, anywhere in a library. Our own code reports them where they matter.
                || (!TraceLimit.isOfDatabase(fault) && traces.passes(logger.getName(), fault));
        if (suppressed == 0 && traced) {
            return FilterReply.NEUTRAL;
        }
        write(
                marker,
                logger,
                level,
                message(message, arguments)
                        + (fault == null || traced ? "" : ": " + TraceLimit.summary(fault))
                        + (suppressed > 0 ? "; %d similar lines suppressed".formatted(suppressed) : ""),
                traced ? fault : null);
        return FilterReply.DENY;
    }

    /** Logback takes the last argument for the cause if no placeholder needs it. */
    private static @Nullable Throwable cause(@Nullable Object @Nullable [] arguments, @Nullable Throwable cause) {
        return cause == null ? MessageFormatter.getThrowableCandidate(arguments) : cause;
    }

    private static String message(String message, @Nullable Object @Nullable [] arguments) {
        return MessageFormatter.arrayFormat(message, arguments).getMessage();
    }

    private static boolean isLimited(Logger logger, Level level) {
        Level enabled = logger.getEffectiveLevel();
        return !WRITING.get()
                && level.isGreaterOrEqual(enabled)
                && enabled.isGreaterOrEqual(Level.INFO)
                && NAMES.stream().anyMatch(name -> isIn(name, logger.getName()));
    }

    private static boolean isIn(String name, String logger) {
        return logger.startsWith(name) && (logger.length() == name.length() || logger.charAt(name.length()) == '.');
    }

    private static void write(
            @Nullable Marker marker, Logger logger, Level level, String message, @Nullable Throwable cause) {
        WRITING.set(true);
        try {
            logger.log(
                    marker,
                    Logger.FQCN,
                    Level.toLocationAwareLoggerInteger(level),
                    "{}",
                    new Object[] {message},
                    cause);
        } finally {
            WRITING.remove();
        }
    }

    @Override
    public void destroy() {
        if (getContext() instanceof LoggerContext context) {
            context.getTurboFilterList().remove(this);
        }
    }
}
