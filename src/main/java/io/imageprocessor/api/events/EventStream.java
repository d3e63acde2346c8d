package io.imageprocessor.api.events;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.function.LongSupplier;
import lombok.RequiredArgsConstructor;
import lombok.extern.slf4j.Slf4j;

/**
 * An answer that goes on for as long as its job does. It is written when the connection can take more and never blocks:
 * no thread waits for a listener, and none waits for another. The web server ends the connection of a listener who
 * takes nothing for as long as {@code server.tomcat.connection-timeout}, 60 s unless set.
 *
 * <p>Thread-safe by its own lock: events come from the thread of {@link JobPoller}, and everything about the connection
 * from those of the web server, which closes this stream before it uses the connection for something else.
 */
@Slf4j
@RequiredArgsConstructor
final class EventStream implements JobListener, WriteListener, AsyncListener {

    private final AsyncContext request;
    private final ServletOutputStream out;
    private final ListenerBuffer outbox;
    private final EventStreams streams;
    private final LongSupplier nanoTime;

    /** Whether the web server has called for the first time: before it, the request is still on its way here. */
    private boolean begun;

    private boolean unflushed;
    private boolean closed;

    @Override
    public synchronized boolean see(JobSnapshot job) {
        if (!closed && outbox.see(job, nanoTime.getAsLong(), streams.intervalNanos())) {
            writeWhatIsPossible();
        }
        return !closed;
    }

    @Override
    public synchronized void over() {
        outbox.end();
        writeWhatIsPossible();
    }

    @Override
    public synchronized void onWritePossible() {
        begun = true;
        writeWhatIsPossible();
    }

    /**
     * Nothing may be written, nor the request completed, unless the stream is ready; if it is not, it calls when it is.
     */
    private void writeWhatIsPossible() {
        try {
            while (begun && !closed && out.isReady()) {
                byte[] next = outbox.next(nanoTime.getAsLong());
                if (next != null) {
                    out.write(next);
                    unflushed = true;
                } else if (unflushed) {
                    out.flush();
                    unflushed = false;
                } else {
                    if (outbox.isOver()) {
                        close();
                        request.complete();
                    }
                    return;
                }
            }
        } catch (IOException e) {
            // The web server calls onError for this, too, and there the request ends.
            log.debug("listener gone", e);
            close();
        } catch (RuntimeException e) {
            log.debug("listener given up", e);
            close();
            complete();
        }
    }

    /** Ends the request, unless it has ended. */
    private void complete() {
        try {
            request.complete();
        } catch (IllegalStateException e) {
            log.debug("request over already", e);
        }
    }

    private void close() {
        if (!closed) {
            closed = true;
            streams.closed();
        }
    }

    @Override
    public synchronized void onError(Throwable failure) {
        log.debug("listener gone", failure);
        close();
    }

    @Override
    public synchronized void onError(AsyncEvent event) {
        close();
        request.complete();
    }

    @Override
    public synchronized void onComplete(AsyncEvent event) {
        close();
    }

    /** Does not happen: there is no limit to the time. */
    @Override
    public void onTimeout(AsyncEvent event) {}

    /** Does not happen: the request is started once. */
    @Override
    public void onStartAsync(AsyncEvent event) {}
}
