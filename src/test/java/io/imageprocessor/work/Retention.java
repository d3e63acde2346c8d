package io.imageprocessor.work;

import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobStatus;
import io.imageprocessor.work.JobWorld.Event;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.Set;

/**
 * Computes which jobs of a {@link JobWorld} must be removed: jobs that finished a retention ago, and the oldest
 * finished jobs while the limit of retained images is exceeded, but never the one that finished last.
 */
final class Retention {

    /** In images, added to the images of the job. */
    private static final int WEIGHT_OF_A_JOB = 4;

    private final JobWorld world;

    /** Retained jobs, in the order in which they finished. */
    private final SequencedMap<JobId, JobStatus> finished = new LinkedHashMap<>();

    private final Set<JobId> removed = new HashSet<>();

    Retention(JobWorld world) {
        this.world = world;
    }

    /** Called after each step. A step finishes at most one job, so the order is known. */
    void update() {
        for (JobId id : world.jobs) {
            if (!removed.contains(id)) {
                world.queries
                        .status(id)
                        .filter(status -> status.state().isFinal())
                        .ifPresent(status -> finished.putIfAbsent(id, status));
            }
        }
        while (!finished.isEmpty() && isExpired(finished.firstEntry().getValue())) {
            removeOldest(Event.EXPIRED);
        }
        while (finished.size() > 1 && weight() > JobWorld.MAX_RETAINED) {
            removeOldest(Event.EVICTED);
        }
    }

    boolean removes(JobId id) {
        return removed.contains(id);
    }

    private boolean isExpired(JobStatus status) {
        Instant newestExpired = world.clock.instant().minus(JobWorld.RETENTION);
        return !status.finishedAt().orElseThrow().isAfter(newestExpired);
    }

    private int weight() {
        return finished.values().stream()
                .mapToInt(status -> WEIGHT_OF_A_JOB + status.counts().total())
                .sum();
    }

    private void removeOldest(Event reason) {
        removed.add(finished.pollFirstEntry().getKey());
        world.events.add(reason);
    }
}
