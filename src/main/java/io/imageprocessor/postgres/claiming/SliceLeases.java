package io.imageprocessor.postgres.claiming;

import io.imageprocessor.job.JobId;
import io.imageprocessor.postgres.reading.SliceKey;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The slices that this replica works on. Thread-safe. */
public final class SliceLeases {

    private final Map<SliceKey, SliceLease> slices = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * Holds a slice that was claimed. It ends at once if everything is handed back. If the same slice is held under
     * another claim, with which this replica was thought to have died, the older one of the two is lost.
     */
    void hold(SliceLease slice) {
        slices.merge(slice.key(), slice, SliceLeases::newer);
        if (isClosed()) {
            slice.end(SliceLease.End.HANDED_BACK);
        }
    }

    private static SliceLease newer(SliceLease one, SliceLease other) {
        boolean keepOne = one.claim() > other.claim();
        (keepOne ? other : one).end(SliceLease.End.LOST);
        return keepOne ? one : other;
    }

    /** Holds it no more; the same slice under another claim stays. */
    void release(SliceLease slice) {
        slices.remove(slice.key(), slice);
    }

    /** The slice that this image belongs to, if it is held and nobody else is to work on it. */
    @Nullable
    SliceLease of(JobId id, int image) {
        SliceLease slice = slices.get(SliceKey.of(id, image));
        return slice == null || slice.isEnded() ? null : slice;
    }

    /** Whether this very claim is held. */
    boolean holds(SliceKey key, long claim) {
        SliceLease slice = slices.get(key);
        return slice != null && slice.claim() == claim;
    }

    Collection<SliceLease> all() {
        return slices.values();
    }

    public int size() {
        return slices.size();
    }

    /** How many of them are the first of their job. */
    int first() {
        return (int) slices.values().stream().filter(SliceLease::isFirst).count();
    }

    /** Slices that were claimed and whose images are not in the queue yet. */
    int notBegun() {
        return (int) slices.values().stream().filter(slice -> !slice.isBegun()).count();
    }

    /** Hands everything back, also what is claimed from now on. */
    void close() {
        closed.countDown();
        slices.values().forEach(slice -> slice.end(SliceLease.End.HANDED_BACK));
    }

    boolean isClosed() {
        return closed.getCount() == 0;
    }

    /** Waits so long, or until everything is handed back. */
    void awaitClose(Duration time) {
        try {
            var _ = closed.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
