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
 * too many or they take too many bytes. Thread-safe.
 */
@RequiredArgsConstructor
final class InMemoryIdempotencyKeys implements IdempotencyKeys {

    static final Duration RETENTION = Duration.ofHours(24);
    static final int MAX_USED = 250_000;

    /** The objects of a used key, without the characters of the key itself, which are ASCII. */
    private static final int BYTES_PER_USE = 400;

    private record Use(IdempotencyClaim.Used used, Instant at) {}

    /** Largest heap that the used keys take. */
    private final long maxBytes;

    private final Clock clock;
    private final Set<String> inFlight = new HashSet<>();
    /** Oldest first. */
    private final SequencedMap<String, Use> uses = new LinkedHashMap<>();

    private long usedBytes;

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
        Use before = uses.put(key.value(), new Use(new IdempotencyClaim.Used(key, jobId), clock.instant()));
        usedBytes += before == null ? bytes(key.value()) : 0;
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
                && (uses.size() > MAX_USED
                        || usedBytes > maxBytes
                        || !uses.firstEntry().getValue().at().isAfter(newestToRemove))) {
            usedBytes -= bytes(uses.pollFirstEntry().getKey());
        }
    }

    private static int bytes(String key) {
        return BYTES_PER_USE + key.length();
    }
}
