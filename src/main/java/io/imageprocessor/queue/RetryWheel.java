package io.imageprocessor.queue;

import io.imageprocessor.job.ImageTask;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Holds images until their retry is due, in ticks of 100 ms. Each tick has one timer, and in it the images of a
 * {@link HostQueue} are one {@link IndexQueue}. So a million images of a host that is down take no more memory than
 * what {@link ImageBatch} remembers of each. Guarded by the lock of {@link FairJobQueue}.
 */
final class RetryWheel {

    private static final long TICK_NANOS = Duration.ofMillis(100).toNanos();

    private final Map<Long, Map<QueuedJob, Map<HostQueue, IndexQueue>>> dueImages = new HashMap<>();

    private int size;

    /** The first tick at or after this {@link System#nanoTime()}. */
    static long tickFrom(long nanoTime) {
        return Math.ceilDiv(nanoTime, TICK_NANOS);
    }

    /** The {@link System#nanoTime()} of a tick. */
    static long nanoTimeOf(long tick) {
        return tick * TICK_NANOS;
    }

    /** The time from this {@link System#nanoTime()} to the tick. */
    static Duration untilTick(long tick, long nanoTime) {
        return Duration.ofNanos(nanoTimeOf(tick) - nanoTime);
    }

    /**
     * Adds an image to a tick.
     *
     * @return whether it is the first image of the tick
     */
    boolean add(HostQueue hostQueue, ImageTask task, long tick) {
        boolean first = !dueImages.containsKey(tick);
        dueImages
                .computeIfAbsent(tick, _ -> new LinkedHashMap<>())
                .computeIfAbsent(hostQueue.batch.job, _ -> new LinkedHashMap<>())
                .computeIfAbsent(hostQueue, _ -> hostQueue.batch.newIndexQueue())
                .addLast(task.index());
        size++;
        return first;
    }

    /**
     * Removes the images of a job's withdrawn batches. The cost grows with the ticks, not with the images of others.
     */
    void removeWithdrawn(QueuedJob job) {
        // A tick stays even if it is empty now, because its timer stays.
        dueImages
                .values()
                .forEach(jobs -> jobs.computeIfPresent(job, (_, hostQueues) -> {
                    hostQueues.entrySet().removeIf(entry -> {
                        boolean withdrawn = entry.getKey().batch.withdrawn;
                        size -= withdrawn ? entry.getValue().length() : 0;
                        return withdrawn;
                    });
                    return hostQueues.isEmpty() ? null : hostQueues;
                }));
    }

    /** Removes and returns the images of a tick, for each job by their queue. */
    Collection<Map<HostQueue, IndexQueue>> takeDue(long tick) {
        Map<QueuedJob, Map<HostQueue, IndexQueue>> due = dueImages.remove(tick);
        if (due == null) {
            return List.of();
        }
        due.values().forEach(hostQueues -> hostQueues.values().forEach(images -> size -= images.length()));
        return due.values();
    }

    /** Images that wait for their retry. */
    int size() {
        return size;
    }

    boolean isEmpty() {
        return dueImages.values().stream().allMatch(Map::isEmpty);
    }
}
