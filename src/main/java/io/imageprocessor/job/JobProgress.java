package io.imageprocessor.job;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A job in memory together with the states and results of its images. It moves on image by image, and every image moves
 * only forward. Thread-safe: one lock a job, so that what is read always adds up. It is held for a few
 * instructions, but for the once that a finished job looks through its failures.
 */
final class JobProgress {

    private final Job job;
    private final Clock clock;

    private final BitSet started = new BitSet();
    private final @Nullable ImageResult[] results;
    private int running;
    private int succeeded;
    private int failed;
    private @Nullable Instant finishedAt;
    private List<FailedStore> failedStores = List.of();

    JobProgress(Job job, Clock clock) {
        this.job = job;
        this.clock = clock;
        this.results = new ImageResult[job.imageCount()];
        for (Visit visit : job.visits()) {
            if (visit.store().isEmpty()) {
                int end = visit.firstImage() + visit.imageCount();
                for (int index = visit.firstImage(); index < end; index++) {
                    results[index] = ImageResult.Failed.STORE_NOT_FOUND;
                }
                failed += visit.imageCount();
            }
        }
        finishIfDone();
    }

    Job job() {
        return job;
    }

    /** Pending to running; false, and no change, from any other state. */
    synchronized boolean start(int index) {
        if (state(index) != ImageState.PENDING) {
            return false;
        }
        started.set(index);
        running++;
        return true;
    }

    /** What came of a result that was handed in. */
    enum Recorded {
        /** There was a result already; nothing changed. */
        TOO_LATE,
        /** It is the image's result, and other images have none yet. */
        KEPT,
        /** It is the image's result, and the last one of the job. */
        FINISHED_JOB
    }

    /** Running to the state of the result. */
    synchronized Recorded record(int index, ImageResult result) {
        ImageState state = state(index);
        if (state.isFinal()) {
            return Recorded.TOO_LATE;
        }
        if (state != ImageState.RUNNING) {
            throw new IllegalStateException(
                    "image " + index + " of job " + job.id() + " cannot have a result: it is " + state);
        }
        results[index] = result;
        running--;
        switch (result) {
            case ImageResult.Succeeded _ -> succeeded++;
            case ImageResult.Failed _ -> failed++;
        }
        finishIfDone();
        return finishedAt == null ? Recorded.KEPT : Recorded.FINISHED_JOB;
    }

    synchronized JobStatus status() {
        int total = results.length;
        int pending = total - running - succeeded - failed;
        return new JobStatus(
                job.id(),
                state(),
                new JobCounts(total, pending, running, succeeded, failed),
                job.submittedAt(),
                finishedAt(),
                failedStores);
    }

    synchronized List<JobImage> images(int from, int limit) {
        List<JobImage> images = new ArrayList<>();
        int end = (int) Math.min(results.length, (long) from + limit);
        for (int index = from; index < end; index++) {
            images.add(new JobImage(
                    index, job.visitOf(index), job.url(index), state(index), Optional.ofNullable(results[index])));
        }
        return images;
    }

    synchronized boolean isFinished() {
        return finishedAt != null;
    }

    synchronized Optional<Instant> finishedAt() {
        return Optional.ofNullable(finishedAt);
    }

    private JobState state() {
        if (finishedAt == null) {
            return JobState.ONGOING;
        }
        return failed == 0 ? JobState.COMPLETED : JobState.FAILED;
    }

    private ImageState state(int index) {
        ImageResult result = results[index];
        if (result == null) {
            return started.get(index) ? ImageState.RUNNING : ImageState.PENDING;
        }
        return result instanceof ImageResult.Succeeded ? ImageState.SUCCEEDED : ImageState.FAILED;
    }

    private void finishIfDone() {
        if (succeeded + failed == results.length) {
            finishedAt = clock.instant();
            failedStores = failed == 0 ? List.of() : failedStores();
        }
    }

    private List<FailedStore> failedStores() {
        Map<String, Tally> tallies = new LinkedHashMap<>();
        for (Visit visit : job.visits()) {
            Tally tally = tallies.computeIfAbsent(visit.storeId(), _ -> new Tally());
            int end = visit.firstImage() + visit.imageCount();
            for (int index = visit.firstImage(); index < end; index++) {
                tally.add(results[index]);
            }
        }
        List<FailedStore> stores = new ArrayList<>();
        tallies.forEach((storeId, tally) -> {
            ImageResult.Failed first = tally.first;
            if (first != null) {
                stores.add(new FailedStore(storeId, first.code(), first.message(), tally.failed, tally.images));
            }
        });
        return List.copyOf(stores);
    }

    private static final class Tally {
        private ImageResult.@Nullable Failed first;
        private int failed;
        private int images;

        void add(@Nullable ImageResult result) {
            images++;
            if (result instanceof ImageResult.Failed failure) {
                failed++;
                first = first == null ? failure : first;
            }
        }
    }
}
