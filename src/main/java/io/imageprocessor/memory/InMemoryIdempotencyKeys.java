package io.imageprocessor.memory;

import io.imageprocessor.job.IdempotencyClaim;
import io.imageprocessor.job.IdempotencyKey;
import io.imageprocessor.job.IdempotencyKeys;
import io.imageprocessor.job.JobId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.Set;
import lombok.RequiredArgsConstructor;

/**
 * The keys of submissions, on the heap of this process: used ones for a day, or until there are so many that the oldest
 * are forgotten sooner. Thread-safe.
 */
@RequiredArgsConstructor
final class InMemoryIdempotencyKeys implements IdempotencyKeys {

    static final Duration REMEMBERED = Duration.ofHours(24);
    /** A used key takes 300 to 550 bytes, all of them 75 to 140 MB at the most. */
    static final int MAX_USED = 250_000;

    private record Use(IdempotencyClaim.Used used, Instant at) {}

    private final Clock clock;
    private final Set<String> inFlight = new HashSet<>();
    /** Oldest first. */
    private final SequencedMap<String, Use> uses = new LinkedHashMap<>();

    @Override
    public synchronized IdempotencyClaim claim(String key) {
        forgetOld();
        Use use = uses.get(key);
        if (use != null) {
            return use.used();
        }
        return inFlight.add(key) ? new IdempotencyClaim.Granted(key, Instant.MAX) : new IdempotencyClaim.InFlight();
    }

    synchronized void use(IdempotencyKey key, JobId jobId) {
        inFlight.remove(key.value());
        uses.put(key.value(), new Use(new IdempotencyClaim.Used(key, jobId), clock.instant()));
        forgetOld();
    }

    @Override
    public synchronized void release(IdempotencyClaim.Granted claim) {
        inFlight.remove(claim.key());
    }

    private void forgetOld() {
        Instant newestToForget = clock.instant().minus(REMEMBERED);
        while (!uses.isEmpty()
                && (uses.size() > MAX_USED || !uses.firstEntry().getValue().at().isAfter(newestToForget))) {
            uses.pollFirstEntry();
        }
    }
}
