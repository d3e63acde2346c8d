package io.imageprocessor;

import static java.util.stream.Collectors.joining;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/**
 * Keeps what is logged while this is open: by the service from a level on, and by its libraries as it is shipped. The origin
 * is not among them. Thread-safe.
 */
public final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {

    private static final List<String> ORIGIN = List.of("org.wiremock.", "com.github.tomakehurst.", "WireMock");

    private final Logger everyone = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    private final Logger service = (Logger) LoggerFactory.getLogger("io.imageprocessor");
    private final List<ILoggingEvent> lines = new CopyOnWriteArrayList<>();

    public LogLines(Level level) {
        service.setLevel(level);
        everyone.addAppender(this);
        start();
    }

    @Override
    protected void append(ILoggingEvent line) {
        if (ORIGIN.stream().anyMatch(line.getLoggerName()::startsWith)) {
            return;
        }
        // The context is that of the thread, and has to be read there.
        line.prepareForDeferredProcessing();
        lines.add(line);
    }

    /** Those with this job in their context. */
    public List<ILoggingEvent> of(String jobId) {
        return lines.stream()
                .filter(line -> jobId.equals(line.getMDCPropertyMap().get("job_id")))
                .toList();
    }

    /** All of them, oldest first. */
    public List<String> messages() {
        return lines.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    /** All of them, with their stack traces. */
    String text() {
        return lines.stream()
                .map(line -> line.getFormattedMessage() + "\n" + stackTrace(line))
                .collect(joining("\n"));
    }

    private static String stackTrace(ILoggingEvent line) {
        IThrowableProxy thrown = line.getThrowableProxy();
        return thrown == null ? "" : ThrowableProxyUtil.asString(thrown);
    }

    @Override
    public void close() {
        everyone.detachAppender(this);
        service.setLevel(null);
        stop();
    }
}
