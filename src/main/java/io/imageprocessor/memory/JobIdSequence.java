package io.imageprocessor.memory;

import io.imageprocessor.job.JobId;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import lombok.RequiredArgsConstructor;

/**
 * Hands out job ids that grow with time and are never used twice, not even after a restart, without keeping anything on
 * disk: the milliseconds since 2025 in the upper 41 bits (enough until 2094), a counter in the lower 12. Ids run ahead
 * of the clock only past 4,096 jobs in one millisecond, so a process that starts later starts higher, unless the clock
 * was set back in between. Thread-safe.
 */
@RequiredArgsConstructor
class JobIdSequence {

    private static final long EPOCH_MILLIS =
            Instant.parse("2025-01-01T00:00:00Z").toEpochMilli();
    private static final int COUNTER_BITS = 12;

    private final Clock clock;
    private final AtomicLong last = new AtomicLong();

    JobId next() {
        long now = (clock.millis() - EPOCH_MILLIS) << COUNTER_BITS;
        return new JobId(last.updateAndGet(previous -> Math.max(previous + 1, now)));
    }
}
