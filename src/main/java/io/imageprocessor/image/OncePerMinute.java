package io.imageprocessor.image;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Lets one pass, and then none for a minute: what each image might run into is not to fill the log. Thread-safe. */
final class OncePerMinute {

    private static final long PAUSE_NANOS = Duration.ofMinutes(1).toNanos();

    private final LongSupplier nanoTime;
    private final AtomicLong due;

    /** @param nanoTime as {@link System#nanoTime} */
    OncePerMinute(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        due = new AtomicLong(nanoTime.getAsLong());
    }

    /** Whether the caller is the one; the next is so a minute later at the earliest. */
    boolean mayPass() {
        long before = due.get();
        long now = nanoTime.getAsLong();
        return now - before >= 0 && due.compareAndSet(before, now + PAUSE_NANOS);
    }
}
