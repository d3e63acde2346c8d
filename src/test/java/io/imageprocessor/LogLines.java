package io.imageprocessor;

import static java.util.stream.Collectors.joining;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** Captures log lines while it is open, without those of the test origin and of PostgreSQL. Thread-safe. */
public final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {

    private static final List<String> TEST =
            List.of("org.wiremock.", "com.github.tomakehurst.", "WireMock", "io.zonky.");

    private final Logger listenedTo;
    private final Logger levelled;
    private final List<ILoggingEvent> lines = new CopyOnWriteArrayList<>();

    /** Captures the service from a level on, and its libraries at their default levels. */
    public LogLines(Level level) {
        this(level, "io.imageprocessor", Logger.ROOT_LOGGER_NAME);
    }

    /** Captures one logger and its children, whose lines go nowhere else meanwhile. */
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
        if (TEST.stream().anyMatch(line.getLoggerName()::startsWith)) {
            return;
        }
        // The context belongs to the logging thread and must be read there.
        line.prepareForDeferredProcessing();
        lines.add(line);
    }

    /** Returns all lines, oldest first. */
    public List<ILoggingEvent> all() {
        return lines;
    }

    /** Returns the lines with this job in their context. */
    public List<ILoggingEvent> of(String jobId) {
        return lines.stream()
                .filter(line -> jobId.equals(line.getMDCPropertyMap().get("job_id")))
                .toList();
    }

    /** Returns the messages of all lines, oldest first. */
    public List<String> messages() {
        return lines.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    /** Returns in how many minutes the lines came: at least one, and each begun minute counts. */
    static int begunMinutes(List<ILoggingEvent> lines) {
        LongSummaryStatistics times =
                lines.stream().mapToLong(ILoggingEvent::getTimeStamp).summaryStatistics();
        // The limits count nanoseconds, and the lines have milliseconds.
        return times.getCount() == 0 ? 1 : 1 + (int) ((times.getMax() - times.getMin() + 1) / 60_000);
    }

    /** Returns the lines as a file has them, with those of stack traces, but without the two of each job. */
    List<String> inFile() {
        return lines.stream()
                .filter(line -> !line.getLoggerName().endsWith(".JobLog"))
                .flatMap(line -> (line.getLevel() + " " + line.getLoggerName() + ": " + line.getFormattedMessage()
                                + "\n" + stackTrace(line))
                        .lines())
                .toList();
    }

    /** Returns all lines with their stack traces. */
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
