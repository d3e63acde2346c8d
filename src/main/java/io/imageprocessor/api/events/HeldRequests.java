package io.imageprocessor.api.events;

import io.imageprocessor.api.RejectedException;
import java.util.concurrent.atomic.AtomicInteger;
import lombok.RequiredArgsConstructor;

/**
 * Counts the requests that are held, to wait or to listen: each costs the web server its buffers for as long as it
 * lasts, so there may be only so many. Thread-safe.
 */
@RequiredArgsConstructor
final class HeldRequests {

    private final AtomicInteger count = new AtomicInteger();
    private final int limit;

    /**
     * Counts one in.
     *
     * @throws RejectedException 503, if there are as many as may be
     */
    void enter() {
        if (count.incrementAndGet() > limit) {
            count.decrementAndGet();
            throw RejectedException.unavailable(
                    "as many clients wait or listen as may (%d); try again later".formatted(limit));
        }
    }

    /** How many there are. */
    int count() {
        return count.get();
    }

    /** Counts one out that was counted in. */
    void leave() {
        count.decrementAndGet();
    }
}
