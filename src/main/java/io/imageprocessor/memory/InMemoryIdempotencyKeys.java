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
 * Stores idempotency keys in the heap of this process. A used key is removed after 24 hours, or earlier if there are
 * too many. Thread-safe.
 */
@RequiredArgsConstructor
final class InMemoryIdempotencyKeys implements IdempotencyKeys {

    static final Duration RETENTION = Duration.ofHours(24);
    /** Largest number of used keys. Each takes 300 to 550 bytes, so all take at most 75 to 140 MB. */
    static final int MAX_USED = 250_000;

    private record Use(IdempotencyClaim.Used used, Instant at) {}

    private final Clock clock;
    private final Set<String> inFlight = new HashSet<>();
    /** Oldest first. */
    private final SequencedMap<String, Use> uses = new LinkedHashMap<>();

    @Override
    public synchronized IdempotencyClaim claim(String key) {
        removeExpired();
        Use use = uses.get(key);
        if (use != null) {
            return use.used();
        }
        return inFlight.add(key) ? IdempotencyClaim.Granted.of(key) : new IdempotencyClaim.InFlight();
    }

    synchronized void use(IdempotencyKey key, JobId jobId) {
        inFlight.remove(key.value());
        uses.put(key.value(), new Use(new IdempotencyClaim.Used(key, jobId), clock.instant()));
        removeExpired();
    }

    /** Does nothing: saving the job has ended the claim. */
    @Override
    public void end(IdempotencyClaim.Granted claim) {}

    @Override
    public synchronized void release(IdempotencyClaim.Granted claim) {
        inFlight.remove(claim.key());
    }

    private void removeExpired() {
        Instant newestToRemove = clock.instant().minus(RETENTION);
        while (!uses.isEmpty()
                && (uses.size() > MAX_USED || !uses.firstEntry().getValue().at().isAfter(newestToRemove))) {
            uses.pollFirstEntry();
        }
    }
}
