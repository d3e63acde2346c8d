package io.imageprocessor.api.events;

import io.imageprocessor.api.RejectedException;
import io.imageprocessor.api.http.ClientConnection;
import io.imageprocessor.job.JobStatus;
import io.imageprocessor.logging.FatalErrors;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import lombok.RequiredArgsConstructor;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/** Opens and counts the event streams of all clients. Thread-safe. */
@RequiredArgsConstructor
class EventStreams {

    private final AtomicInteger open = new AtomicInteger();
    private final JobPoller poller;
    private final JobEvents events;
    private final HeldRequests held;
    private final DisconnectMonitor disconnects;
    private final EventLimits limits;
    private final LongSupplier nanoTime;

    /**
     * Responds with the job's events, asynchronously.
     *
     * @param lastEventId id of the last event that the client received; empty if it received none
     * @throws RejectedException 503 if the limit of held requests is reached
     */
    void open(JobStatus job, String lastEventId, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        held.acquire();
        open.incrementAndGet();
        try {
            stream(job, lastEventId, request, response);
        } catch (IOException | RuntimeException | Error e) {
            FatalErrors.haltIfFatal(e);
            release();
            throw e;
        }
    }

    private void stream(JobStatus job, String lastEventId, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        // Makes nginx forward events without buffering.
        response.setHeader("X-Accel-Buffering", "no");
        ServletOutputStream out = response.getOutputStream();
        AsyncContext context = request.startAsync();
        context.setTimeout(0);
        ListenerBuffer buffer =
                new ListenerBuffer(lastEventId, limits.heartbeat().toNanos(), nanoTime.getAsLong());
        EventStream stream = new EventStream(context, out, buffer, this, nanoTime);
        disconnects.add(stream, ClientConnection.of(request), stream::disconnected);
        context.addListener(stream);
        out.setWriteListener(stream);
        stream.update(new JobSnapshot(job, events));
        poller.add(job.id(), stream);
    }

    /** Returns the number of open streams. */
    int count() {
        return open.get();
    }

    /** Returns the current shortest time between two progress events to one listener. */
    long intervalNanos() {
        return limits.intervalNanos(open.get());
    }

    /** Called once by each stream when it has closed. */
    void closed(EventStream stream) {
        disconnects.remove(stream);
        release();
    }

    private void release() {
        held.release();
        open.decrementAndGet();
    }
}
