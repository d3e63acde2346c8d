package io.imageprocessor.memory;

import io.imageprocessor.job.JobId;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import lombok.RequiredArgsConstructor;

/**
 * Generates increasing job ids that are unique even across restarts, without storing anything on disk. The upper 41
 * bits are the milliseconds since 2025 (enough until 2094), the lower 12 bits a counter. Ids run ahead of the clock
 * only above 4,096 jobs in one millisecond. A later process therefore starts with higher ids, unless the clock was set
 * back. Thread-safe.
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
