package io.imageprocessor.memory;

import io.imageprocessor.job.FailedStorePage;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.ImageState;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobConflictException;
import io.imageprocessor.job.JobCounts;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobReport;
import io.imageprocessor.job.JobState;
import io.imageprocessor.job.JobStatus;
import io.imageprocessor.job.Visit;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A job with the states and results of its images. The state of an image never moves backwards.
 *
 * <p>Thread-safe by one lock for each job, so that its counts always add up. The lock is held for a few instructions,
 * and longer only to cancel the job or to list its failed stores.
 */
final class JobProgress {

    /** The id of a retry and the reference to it, now and in a copy. */
    private static final int BYTES_PER_RETRY = 32;

    private final Job job;
    private final Clock clock;
    private final int downloadableImages;

    private final BitSet started = new BitSet();
    private final @Nullable ImageResult[] results;
    private final FailedStores failedStores;
    private int running;
    private int succeeded;
    private int failed;
    private int cancelled;
    private @Nullable Instant startedAt;
    private @Nullable Instant finishedAt;
    private List<JobId> retries = List.of();
    private long version;

    JobProgress(Job job, Clock clock) {
        this.job = job;
        this.clock = clock;
        this.downloadableImages = job.downloadableImages();
        this.results = new ImageResult[job.imageCount()];
        this.failedStores = new FailedStores(job);
        for (Visit visit : job.visits()) {
            if (visit.store().isEmpty()) {
                for (int index = visit.firstImage(); index < visit.endImage(); index++) {
                    results[index] = ImageResult.Failed.STORE_NOT_FOUND;
                    failedStores.failed(visit, index, ImageResult.Failed.STORE_NOT_FOUND);
                }
                failed += visit.imageCount();
            }
        }
        finishIfDone();
    }

    Job job() {
        return job;
    }

    /** Moves a pending image to running. Returns false, without a change, if it is in another state. */
    synchronized boolean start(int index) {
        if (state(index) != ImageState.PENDING) {
            return false;
        }
        if (startedAt == null) {
            startedAt = clock.instant();
        }
        started.set(index);
        running++;
        version++;
        return true;
    }

    /** The effect of recording a result. */
    enum Recorded {
        /** The image had a result already; nothing changed. */
        TOO_LATE,
        /** The result was recorded; other images have none yet. */
        RECORDED,
        /** The result was recorded and was the last one of the job. */
        FINISHED_JOB
    }

    /** Moves a running image to the state of its result. */
    synchronized Recorded record(int index, ImageResult result) {
        ImageState state = state(index);
        if (state.isFinal()) {
            return Recorded.TOO_LATE;
        }
        if (state != ImageState.RUNNING) {
            throw new IllegalStateException(
                    "image " + index + " of job " + job.id() + " is " + state + " and cannot have a result");
        }
        results[index] = result;
        running--;
        version++;
        switch (result) {
            case ImageResult.Succeeded _ -> succeeded++;
            case ImageResult.Failed failure -> {
                failed++;
                failedStores.failed(job.visitOf(index), index, failure);
            }
            case ImageResult.Cancelled _ -> throw new IllegalArgumentException("single images cannot be cancelled");
        }
        finishIfDone();
        return finishedAt == null ? Recorded.RECORDED : Recorded.FINISHED_JOB;
    }

    /**
     * Cancels an ongoing job and its pending and running images. Returns false, without a change, if it is cancelled
     * already.
     *
     * @throws JobConflictException if the job is in another final state
     */
    synchronized boolean cancel() {
        JobState state = state();
        if (state == JobState.CANCELLED) {
            return false;
        }
        if (state.isFinal()) {
            throw new JobConflictException("job %s is %s and cannot be cancelled".formatted(job.id(), state.code()));
        }
        for (Visit visit : job.visits()) {
            int before = cancelled;
            for (int index = visit.firstImage(); index < visit.endImage(); index++) {
                if (results[index] == null) {
                    results[index] = ImageResult.Cancelled.INSTANCE;
                    cancelled++;
                }
            }
            if (cancelled > before) {
                failedStores.cancelled(visit, cancelled - before);
            }
        }
        running = 0;
        version++;
        finishIfDone();
        return true;
    }

    /** Adds a job that retries the failed images of this one. */
    synchronized void addRetry(JobId retry) {
        job.heap().add(BYTES_PER_RETRY);
        List<JobId> more = new ArrayList<>(retries);
        more.add(retry);
        retries = List.copyOf(more);
        version++;
    }

    synchronized JobStatus status() {
        int total = results.length;
        int pending = total - running - succeeded - failed - cancelled;
        return new JobStatus(
                job.metadata(),
                state(),
                new JobCounts(total, pending, running, succeeded, failed, cancelled),
                downloadableImages,
                Optional.ofNullable(startedAt),
                finishedAt(),
                retries,
                version);
    }

    synchronized JobReport report() {
        return new JobReport(
                status(), failedStores.page(0, JobReport.MAX_STORES).stores(), failedStores.count());
    }

    /** See {@link io.imageprocessor.job.JobQueries#failedStores}. */
    synchronized FailedStorePage failedStores(int from, int limit) {
        return failedStores.page(from, limit);
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
        if (cancelled > 0) {
            return JobState.CANCELLED;
        }
        return failed == 0 ? JobState.COMPLETED : JobState.FAILED;
    }

    private ImageState state(int index) {
        ImageResult result = results[index];
        if (result != null) {
            return result.state();
        }
        return started.get(index) ? ImageState.RUNNING : ImageState.PENDING;
    }

    private void finishIfDone() {
        if (succeeded + failed + cancelled == results.length) {
            finishedAt = clock.instant();
        }
    }

    /** Returns the images from {@code start} to before {@code end}, as they are now. */
    synchronized ImageSnapshot snapshot(int start, int end) {
        return new ImageSnapshot(start, Arrays.copyOfRange(results, start, end), started.get(start, end));
    }
}
