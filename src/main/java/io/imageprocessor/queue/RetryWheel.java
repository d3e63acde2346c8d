package io.imageprocessor.queue;

import io.imageprocessor.job.ImageTask;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Images that wait until they are due to be tried again, in ticks of a tenth of a second. A tick is one timer however
 * many images are due, and in it the images of a line stand in one chain, so that a million images of a host that is
 * down take no more than what {@link ImageBatch} remembers of them. Guarded by the lock of {@link FairJobQueue}.
 */
final class RetryWheel {

    private static final long TICK_NANOS = Duration.ofMillis(100).toNanos();

    /** By tick, job and line. */
    private final Map<Long, Map<QueuedJob, Map<HostQueue, IndexQueue>>> dueImages = new HashMap<>();

    private int size;

    /** The first tick that is no earlier than this {@link System#nanoTime()}. */
    static long tickFrom(long nanoTime) {
        return Math.ceilDiv(nanoTime, TICK_NANOS);
    }

    /** The {@link System#nanoTime()} of a tick. */
    static long nanoTimeOf(long tick) {
        return tick * TICK_NANOS;
    }

    /** How long it is until the tick. */
    static Duration untilTick(long tick, long nanoTime) {
        return Duration.ofNanos(nanoTimeOf(tick) - nanoTime);
    }

    /** Lets an image wait for a tick; true if it is the first that does. */
    boolean add(HostQueue line, ImageTask task, long tick) {
        boolean first = !dueImages.containsKey(tick);
        dueImages
                .computeIfAbsent(tick, _ -> new LinkedHashMap<>())
                .computeIfAbsent(line.batch.job, _ -> new LinkedHashMap<>())
                .computeIfAbsent(line, _ -> line.batch.newChain())
                .append(task.index());
        size++;
        return first;
    }

    /**
     * Forgets the images of a job's forgotten batches, at the cost of a look at each tick, however many images of
     * others wait.
     */
    void forget(QueuedJob job) {
        // A tick whose images are all forgotten stays, since its timer does.
        dueImages
                .values()
                .forEach(jobs -> jobs.computeIfPresent(job, (_, lines) -> {
                    lines.entrySet().removeIf(line -> {
                        boolean forgotten = line.getKey().batch.forgotten;
                        size -= forgotten ? line.getValue().length() : 0;
                        return forgotten;
                    });
                    return lines.isEmpty() ? null : lines;
                }));
    }

    /** Takes out the images that are due at a tick, by their lines, for each job. */
    Collection<Map<HostQueue, IndexQueue>> takeDue(long tick) {
        Map<QueuedJob, Map<HostQueue, IndexQueue>> due = dueImages.remove(tick);
        if (due == null) {
            return List.of();
        }
        due.values().forEach(lines -> lines.values().forEach(images -> size -= images.length()));
        return due.values();
    }

    /** How many images wait. */
    int size() {
        return size;
    }

    /** Whether no image waits. */
    boolean isEmpty() {
        return dueImages.values().stream().allMatch(Map::isEmpty);
    }
}
