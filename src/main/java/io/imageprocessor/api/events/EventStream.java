package io.imageprocessor.api.events;

import io.imageprocessor.logging.FatalErrors;
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
 * Sends the events of a job to one client until the job is finished. It writes only when the connection is ready, so no
 * thread ever blocks for a slow client. The web server closes the connection of a client that reads nothing for
 * {@code server.tomcat.connection-timeout}, 60 s by default.
 *
 * <p>Thread-safe by its own lock: the thread of {@link JobPoller} delivers snapshots, and threads of the web server
 * report the state of the connection. The web server closes this stream before it reuses the connection.
 */
@Slf4j
@RequiredArgsConstructor
final class EventStream implements JobListener, WriteListener, AsyncListener {

    private final AsyncContext request;
    private final ServletOutputStream out;
    private final ListenerBuffer buffer;
    private final EventStreams streams;
    private final LongSupplier nanoTime;

    /** Whether the web server has called for the first time; nothing may be written before. */
    private boolean started;

    private boolean unflushed;
    private boolean closed;

    @Override
    public synchronized boolean update(JobSnapshot job) {
        if (!closed && buffer.update(job, nanoTime.getAsLong(), streams.intervalNanos())) {
            writeIfReady();
        }
        return !closed;
    }

    @Override
    public synchronized void end() {
        buffer.end();
        writeIfReady();
    }

    @Override
    public synchronized void onWritePossible() {
        started = true;
        writeIfReady();
    }

    /** Writes, or completes the request, only while the connection is ready; otherwise it calls back once it is. */
    private void writeIfReady() {
        try {
            while (started && !closed && out.isReady()) {
                byte[] next = buffer.next(nanoTime.getAsLong());
                if (next != null) {
                    out.write(next);
                    unflushed = true;
                } else if (unflushed) {
                    out.flush();
                    unflushed = false;
                } else {
                    if (buffer.isEnded()) {
                        close();
                        request.complete();
                    }
                    return;
                }
            }
        } catch (IOException e) {
            // The web server also calls onError, which ends the request.
            log.debug("listener disconnected", e);
            close();
        } catch (RuntimeException e) {
            log.debug("listener closed after an error", e);
            close();
            complete();
        }
    }

    /** Ends the stream, because its client has disconnected. */
    synchronized void disconnected() {
        if (!closed) {
            close();
            complete();
        }
    }

    /** Completes the request unless it is complete. */
    private void complete() {
        try {
            request.complete();
        } catch (IllegalStateException e) {
            log.debug("request already complete", e);
        }
    }

    private void close() {
        if (!closed) {
            closed = true;
            streams.closed(this);
        }
    }

    @Override
    public synchronized void onError(Throwable failure) {
        FatalErrors.haltIfFatal(failure);
        log.debug("listener disconnected", failure);
        close();
    }

    @Override
    public synchronized void onError(AsyncEvent event) {
        close();
        complete();
    }

    @Override
    public synchronized void onComplete(AsyncEvent event) {
        close();
    }

    /** Never called, because the request has no timeout. */
    @Override
    public void onTimeout(AsyncEvent event) {}

    /** Never called, because asynchronous processing starts once. */
    @Override
    public void onStartAsync(AsyncEvent event) {}
}
