package io.imageprocessor.api.events;

import io.imageprocessor.api.http.ConnectionLimits;
import java.time.Duration;

/**
 * Limits the cost of requests that wait for jobs or listen to their events.
 *
 * @param heldRequests largest number of waiting and listening requests; each holds a connection and its buffers
 * @param interval shortest time between two {@code progress} events to a listener
 * @param writesPerSecond approximate number of events per second to all listeners; many listeners get fewer each
 * @param heartbeat longest time without a write, after which a comment is sent, because proxies close silent
 *     connections
 */
record EventLimits(int heldRequests, Duration interval, int writesPerSecond, Duration heartbeat) {

    /** Returns the limits for a heap of at most so many bytes. */
    static EventLimits ofHeap(long bytes) {
        return new EventLimits(
                ConnectionLimits.ofHeap(bytes).held(), Duration.ofMillis(200), 1_000, Duration.ofSeconds(15));
    }

    /** Returns the nanoseconds between two {@code progress} events to one of so many listeners. */
    long intervalNanos(int listeners) {
        return Math.max(interval.toNanos(), Duration.ofSeconds(listeners).toNanos() / writesPerSecond);
    }
}
