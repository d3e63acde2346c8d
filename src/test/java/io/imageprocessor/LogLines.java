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

/** Keeps what is logged while this is open. The origin is not among it. Thread-safe. */
public final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {

    private static final List<String> ORIGIN = List.of("org.wiremock.", "com.github.tomakehurst.", "WireMock");

    private final Logger listenedTo;
    private final Logger levelled;
    private final List<ILoggingEvent> lines = new CopyOnWriteArrayList<>();

    /** Of the service from a level on, and of its libraries as it is shipped. */
    public LogLines(Level level) {
        this(level, "io.imageprocessor", Logger.ROOT_LOGGER_NAME);
    }

    /** Of one logger alone, and of those below it; what it logs comes nowhere else meanwhile. */
    public LogLines(Level level, String logger) {
        this(level, logger, logger);
        listenedTo.setAdditive(false);
    }

    private LogLines(Level level, String levelled, String listenedTo) {
        this.levelled = (Logger) LoggerFactory.getLogger(levelled);
        this.listenedTo = (Logger) LoggerFactory.getLogger(listenedTo);
        this.levelled.setLevel(level);
        this.listenedTo.addAppender(this);
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

    /** All of them, oldest first. */
    public List<ILoggingEvent> all() {
        return lines;
    }

    /** Those with this job in their context. */
    public List<ILoggingEvent> of(String jobId) {
        return lines.stream()
                .filter(line -> jobId.equals(line.getMDCPropertyMap().get("job_id")))
                .toList();
    }

    /** What all of them say, oldest first. */
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
        listenedTo.detachAppender(this);
        listenedTo.setAdditive(true);
        levelled.setLevel(null);
        stop();
    }
}
