package io.imageprocessor.api.events;

import io.imageprocessor.api.RejectedException;
import io.imageprocessor.job.JobStatus;
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

/** All listeners. Thread-safe. */
@RequiredArgsConstructor
class EventStreams {

    private final AtomicInteger open = new AtomicInteger();
    private final JobPoller watch;
    private final JobEvents events;
    private final HeldRequests held;
    private final EventLimits limits;
    private final LongSupplier nanoTime;

    /**
     * Answers the request with the job's events from here on, after this call.
     *
     * @param lastEventId the id of the last event that the client knows; empty if it knows none
     * @throws RejectedException 503, if there are as many listeners as may be
     */
    void open(JobStatus job, String lastEventId, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        held.enter();
        open.incrementAndGet();
        try {
            stream(job, lastEventId, request, response);
        } catch (IOException | RuntimeException | Error e) {
            closed();
            throw e;
        }
    }

    private void stream(JobStatus job, String lastEventId, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        // Has nginx pass events on as they come.
        response.setHeader("X-Accel-Buffering", "no");
        ServletOutputStream out = response.getOutputStream();
        AsyncContext context = request.startAsync();
        context.setTimeout(0);
        ListenerBuffer outbox =
                new ListenerBuffer(lastEventId, limits.heartbeat().toNanos(), nanoTime.getAsLong());
        EventStream stream = new EventStream(context, out, outbox, this, nanoTime);
        context.addListener(stream);
        out.setWriteListener(stream);
        stream.see(new JobSnapshot(job, events));
        watch.watch(job.id(), stream);
    }

    /** How many there are. */
    int count() {
        return open.get();
    }

    /** The least time between two progress events to one listener, at present. */
    long intervalNanos() {
        return limits.intervalNanos(open.get());
    }

    /** One of them has ended. */
    void closed() {
        held.leave();
        open.decrementAndGet();
    }
}
