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
 * Which jobs of a {@link JobWorld} are to be forgotten: those that ended a retention ago, and the oldest of the others
 * while all that have ended weigh too much together, but never the one that ended last.
 */
final class Retention {

    /** In images, besides its own. */
    private static final int WEIGHT_OF_A_JOB = 4;

    private final JobWorld world;

    /** Those that are to be kept, in the order in which they ended. */
    private final SequencedMap<JobId, JobStatus> ended = new LinkedHashMap<>();

    private final Set<JobId> forgotten = new HashSet<>();

    Retention(JobWorld world) {
        this.world = world;
    }

    /** To be called after each step. No step ends more than one job, so that the order of the ends is known. */
    void update() {
        for (JobId id : world.jobs) {
            if (!forgotten.contains(id)) {
                world.queries
                        .status(id)
                        .filter(status -> status.state().isFinal())
                        .ifPresent(status -> ended.putIfAbsent(id, status));
            }
        }
        while (!ended.isEmpty() && isExpired(ended.firstEntry().getValue())) {
            forgetOldest(Event.EXPIRED);
        }
        while (ended.size() > 1 && weight() > JobWorld.MAX_RETAINED) {
            forgetOldest(Event.EVICTED);
        }
    }

    boolean forgets(JobId id) {
        return forgotten.contains(id);
    }

    private boolean isExpired(JobStatus status) {
        Instant newestToForget = world.clock.instant().minus(JobWorld.RETENTION);
        return !status.finishedAt().orElseThrow().isAfter(newestToForget);
    }

    private int weight() {
        return ended.values().stream()
                .mapToInt(status -> WEIGHT_OF_A_JOB + status.counts().total())
                .sum();
    }

    private void forgetOldest(Event reason) {
        forgotten.add(ended.pollFirstEntry().getKey());
        world.events.add(reason);
    }
}
