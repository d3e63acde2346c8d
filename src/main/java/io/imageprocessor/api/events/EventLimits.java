package io.imageprocessor.api.events;

import java.time.Duration;

/**
 * Limits the cost of requests that wait for jobs or listen to their events.
 *
 * @param heldRequests largest number of waiting and listening requests; each holds a connection and its buffers
 * @param interval shortest time between two {@code progress} events to a listener
 * @param writesPerSecond approximate number of events per second to all listeners; many listeners get fewer each
 * @param heartbeat longest time without a write, after which a comment is sent: proxies close silent connections, and
 *     only a write detects a client that disconnected
 */
record EventLimits(int heldRequests, Duration interval, int writesPerSecond, Duration heartbeat) {

    private static final int MAX_HELD = 4_000;

    /** Heap of one open request in the web server, mostly buffers; measured with a thousand requests. */
    private static final long BYTES_PER_REQUEST = 100 * 1_024;

    /** Held requests may take one part in this many of the heap. */
    private static final int HEAP_SHARE = 4;

    /** Returns the limits for a heap of at most so many bytes. */
    static EventLimits ofHeap(long bytes) {
        int requests = Math.clamp(bytes / HEAP_SHARE / BYTES_PER_REQUEST, 1, MAX_HELD);
        return new EventLimits(requests, Duration.ofMillis(200), 1_000, Duration.ofSeconds(15));
    }

    /** Returns the nanoseconds between two {@code progress} events to one of so many listeners. */
    long intervalNanos(int listeners) {
        return Math.max(interval.toNanos(), Duration.ofSeconds(listeners).toNanos() / writesPerSecond);
    }
}
