package io.imageprocessor.postgres.claiming;

import io.imageprocessor.job.JobId;
import io.imageprocessor.postgres.reading.SliceKey;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Holds the leases of this replica, at most one per slice, and the memory of their slices. Thread-safe. */
public final class SliceLeases {

    private final Map<SliceKey, SliceLease> leases = new ConcurrentHashMap<>();
    private final AtomicInteger first = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final SliceMemory memory;

    /** @param maxBytes limits the heap of all claimed slices */
    public SliceLeases(long maxBytes) {
        memory = new SliceMemory(maxBytes);
    }

    SliceMemory memory() {
        return memory;
    }

    /**
     * Adds a lease. After {@link #close}, it is released at once. Of two leases on the same slice, the one with the
     * older claim is lost: this replica was thought dead, and has claimed the slice again.
     */
    void add(SliceLease lease) {
        leases.compute(lease.key(), (_, other) -> {
            SliceLease kept = other == null ? lease : newer(other, lease);
            first.addAndGet(firsts(kept) - firsts(other));
            return kept;
        });
        if (isClosed()) {
            lease.end(SliceLease.End.RELEASED);
        }
    }

    private static int firsts(@Nullable SliceLease lease) {
        return lease != null && lease.isFirst() ? 1 : 0;
    }

    private static SliceLease newer(SliceLease one, SliceLease other) {
        boolean keepOne = one.claimVersion() > other.claimVersion();
        (keepOne ? other : one).end(SliceLease.End.LOST);
        return keepOne ? one : other;
    }

    /** Removes this lease. A lease on the same slice under another claim stays. */
    void remove(SliceLease lease) {
        if (leases.remove(lease.key(), lease)) {
            first.addAndGet(-firsts(lease));
        }
    }

    /** Returns the lease on the slice that contains the image; null if there is none or it has ended. */
    @Nullable
    SliceLease of(JobId id, int image) {
        SliceLease lease = leases.get(SliceKey.of(id, image));
        return lease == null || lease.isEnded() ? null : lease;
    }

    /** Returns whether there is a lease on the slice under this version of the claim. */
    boolean contains(SliceKey key, long claimVersion) {
        SliceLease lease = leases.get(key);
        return lease != null && lease.claimVersion() == claimVersion;
    }

    Collection<SliceLease> all() {
        return leases.values();
    }

    /** Returns the number of leases. */
    public int size() {
        return leases.size();
    }

    /** Returns the number of leases on first slices of jobs. */
    int first() {
        return first.get();
    }

    /** Returns the number of leases whose images are about to be queued. */
    int opening() {
        return (int) leases.values().stream().filter(SliceLease::isOpening).count();
    }

    /** Releases all leases, also those that are added later. */
    void close() {
        closed.countDown();
        leases.values().forEach(lease -> lease.end(SliceLease.End.RELEASED));
    }

    boolean isClosed() {
        return closed.getCount() == 0;
    }

    /** Waits for {@link #close}, at most for this time. */
    void awaitClose(Duration timeout) {
        try {
            var _ = closed.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
