package io.imageprocessor.api.events;

import io.imageprocessor.api.RejectedException;
import java.util.concurrent.atomic.AtomicInteger;
import lombok.RequiredArgsConstructor;

/**
 * Limits the requests that wait for a job or listen to its events, because each holds buffers of the web server.
 * Thread-safe.
 */
@RequiredArgsConstructor
final class HeldRequests {

    private final AtomicInteger count = new AtomicInteger();
    private final int limit;

    /**
     * Acquires a permit for one request.
     *
     * @throws RejectedException 503 if the limit is reached
     */
    void acquire() {
        if (count.incrementAndGet() > limit) {
            count.decrementAndGet();
            throw RejectedException.unavailable(
                    "limit of %d waiting and listening clients reached; try again later".formatted(limit));
        }
    }

    /** Returns the number of acquired permits. */
    int count() {
        return count.get();
    }

    /** Releases an acquired permit. */
    void release() {
        count.decrementAndGet();
    }
}
