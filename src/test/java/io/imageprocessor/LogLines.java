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

/** Keeps what the service logs while this is open, from a level on. Thread-safe. */
final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {

    private final Logger logger = (Logger) LoggerFactory.getLogger("io.imageprocessor");
    private final List<ILoggingEvent> lines = new CopyOnWriteArrayList<>();

    LogLines(Level level) {
        logger.setLevel(level);
        logger.addAppender(this);
        start();
    }

    @Override
    protected void append(ILoggingEvent line) {
        // The context is that of the thread, and has to be read there.
        line.prepareForDeferredProcessing();
        lines.add(line);
    }

    /** Those with this job in their context. */
    List<ILoggingEvent> of(String jobId) {
        return lines.stream()
                .filter(line -> jobId.equals(line.getMDCPropertyMap().get("job_id")))
                .toList();
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
        logger.detachAppender(this);
        logger.setLevel(null);
        stop();
    }
}
