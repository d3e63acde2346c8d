package io.imageprocessor.memory;

import io.imageprocessor.job.FailedStorePage;
import io.imageprocessor.job.ImageFilter;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.ImageState;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobConflictException;
import io.imageprocessor.job.JobCounts;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobImage;
import io.imageprocessor.job.JobReport;
import io.imageprocessor.job.JobState;
import io.imageprocessor.job.JobStatus;
import io.imageprocessor.job.Visit;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A job with the states and results of its images. The state of an image never moves backwards.
 *
 * <p>Thread-safe by one lock for each job, so that its counts always add up. The lock is held for a few instructions,
 * and longer only to cancel the job or to list its failed stores.
 */
final class JobProgress {

    /** Largest number of images that are copied under the lock at once. */
    private static final int IMAGES_PER_SNAPSHOT = 1_024;

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

    /** Returns the first matching images from index {@code from} on. */
    List<JobImage> images(ImageFilter filter, int from, int limit) {
        List<JobImage> images = new ArrayList<>();
        int index = from;
        while (index < results.length && images.size() < limit) {
            Visit visit = job.visitOf(index);
            if (!filter.matches(visit)) {
                index = visit.endImage();
                continue;
            }
            ImageSnapshot snapshot = snapshot(index, Math.min(results.length, index + IMAGES_PER_SNAPSHOT));
            for (; index < snapshot.end() && images.size() < limit; index++) {
                if (index == visit.endImage()) {
                    visit = job.visitOf(index);
                }
                ImageState state = snapshot.state(index);
                Optional<ImageResult> result = snapshot.result(index);
                if (filter.matches(visit) && filter.matches(state, result)) {
                    images.add(new JobImage(index, visit, job.url(index), state, result));
                }
            }
        }
        return images;
    }

    /** Adds the perimeters of visits to these stores from the first to the last day to the totals. */
    void addTotals(Set<String> storeIds, LocalDate first, LocalDate last, Map<StoreDay, Long> totals) {
        for (Visit visit : job.visits()) {
            if (visit.store().isPresent() && storeIds.contains(visit.storeId())) {
                LocalDate date = LocalDate.ofInstant(visit.time(), ZoneOffset.UTC);
                if (!date.isBefore(first) && !date.isAfter(last)) {
                    StoreDay day = new StoreDay(visit.storeId(), date);
                    for (int start = visit.firstImage(); start < visit.endImage(); start += IMAGES_PER_SNAPSHOT) {
                        ImageSnapshot snapshot =
                                snapshot(start, Math.min(visit.endImage(), start + IMAGES_PER_SNAPSHOT));
                        snapshot.forEachMeasured(measured -> totals.merge(day, measured.perimeter(), Long::sum));
                    }
                }
            }
        }
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

    private synchronized ImageSnapshot snapshot(int start, int end) {
        return new ImageSnapshot(start, Arrays.copyOfRange(results, start, end), started.get(start, end));
    }
}
