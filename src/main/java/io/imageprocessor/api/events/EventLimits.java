package io.imageprocessor.api.events;

import java.time.Duration;

/**
 * What those who wait for jobs or listen to their events may cost.
 *
 * @param heldRequests how many may wait or listen at once; each takes a connection and its buffers
 * @param interval the least time between two {@code progress} events to a listener
 * @param writesPerSecond how many events, about, are sent to all listeners together; with many of them, each is sent
 *     fewer
 * @param heartbeat the longest silence, after which a comment is sent: proxies end connections that are silent, and a
 *     client that went away is found out by writing to it
 */
record EventLimits(int heldRequests, Duration interval, int writesPerSecond, Duration heartbeat) {

    private static final int MOST_HELD = 4_000;

    /**
     * What the web server holds for a request under way, nearly all of it buffers; measured with a thousand of them.
     */
    private static final long BYTES_PER_REQUEST = 100 * 1_024;

    /** The part of the heap that they may have. */
    private static final int HEAP_SHARE = 4;

    /** What a service with a heap of at most so many bytes can bear. */
    static EventLimits ofHeap(long bytes) {
        int requests = Math.clamp(bytes / HEAP_SHARE / BYTES_PER_REQUEST, 1, MOST_HELD);
        return new EventLimits(requests, Duration.ofMillis(200), 1_000, Duration.ofSeconds(15));
    }

    /** The time between two {@code progress} events to each of so many listeners, in nanoseconds. */
    long intervalNanos(int present) {
        return Math.max(interval.toNanos(), Duration.ofSeconds(present).toNanos() / writesPerSecond);
    }
}
