package io.imageprocessor.memory;

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
 * A job in memory together with the states and results of its images. It moves on image by image, and every image moves
 * only forward. Thread-safe: one lock a job, so that what is read always adds up. It is held for a few instructions,
 * but to cancel a job, and to tell its failed stores when one of them has failed again.
 */
final class JobProgress {

    /** Images that are looked at while the lock is held once. */
    private static final int IMAGES_PER_LOOK = 1_024;

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

    public JobProgress(Job job, Clock clock) {
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

    /** Pending to running; false, and no change, from any other state. */
    public synchronized boolean start(int index) {
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
    public synchronized Recorded record(int index, ImageResult result) {
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
        version++;
        switch (result) {
            case ImageResult.Succeeded _ -> succeeded++;
            case ImageResult.Failed failure -> {
                failed++;
                failedStores.failed(job.visitOf(index), index, failure);
            }
            case ImageResult.Cancelled _ -> throw new IllegalArgumentException("jobs are cancelled, not images");
        }
        finishIfDone();
        return finishedAt == null ? Recorded.KEPT : Recorded.FINISHED_JOB;
    }

    /**
     * Ongoing to cancelled, and so are its pending and running images; false, and no change, if it is cancelled
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

    /** Links the job to one that tries its failed images again. */
    synchronized void addRetry(JobId retry) {
        List<JobId> more = new ArrayList<>(retries);
        more.add(retry);
        retries = List.copyOf(more);
        version++;
    }

    public synchronized JobStatus status() {
        int total = results.length;
        int pending = total - running - succeeded - failed - cancelled;
        return new JobStatus(
                job.head(),
                state(),
                new JobCounts(total, pending, running, succeeded, failed, cancelled),
                downloadableImages,
                Optional.ofNullable(startedAt),
                finishedAt(),
                retries,
                version);
    }

    synchronized JobReport report() {
        return new JobReport(status(), failedStores.list());
    }

    /** The first images from index {@code from} on that fit. */
    public List<JobImage> images(ImageFilter filter, int from, int limit) {
        List<JobImage> images = new ArrayList<>();
        int index = from;
        while (index < results.length && images.size() < limit) {
            Visit visit = job.visitOf(index);
            if (!filter.fits(visit)) {
                index = visit.endImage();
                continue;
            }
            ImageSnapshot look = look(index, Math.min(results.length, index + IMAGES_PER_LOOK));
            for (; index < look.end() && images.size() < limit; index++) {
                if (index == visit.endImage()) {
                    visit = job.visitOf(index);
                }
                ImageState state = look.state(index);
                Optional<ImageResult> result = look.result(index);
                if (filter.fits(visit) && filter.fits(state, result)) {
                    images.add(new JobImage(index, visit, job.url(index), state, result));
                }
            }
        }
        return images;
    }

    /** Adds what was measured on visits to these stores on these days to the totals. */
    void addTotals(Set<String> storeIds, LocalDate first, LocalDate last, Map<StoreDay, Long> totals) {
        for (Visit visit : job.visits()) {
            if (visit.store().isPresent() && storeIds.contains(visit.storeId())) {
                LocalDate date = LocalDate.ofInstant(visit.time(), ZoneOffset.UTC);
                if (!date.isBefore(first) && !date.isAfter(last)) {
                    StoreDay day = new StoreDay(visit.storeId(), date);
                    for (int start = visit.firstImage(); start < visit.endImage(); start += IMAGES_PER_LOOK) {
                        ImageSnapshot look = look(start, Math.min(visit.endImage(), start + IMAGES_PER_LOOK));
                        look.forEachMeasured(measured -> totals.merge(day, measured.perimeter(), Long::sum));
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

    private synchronized ImageSnapshot look(int start, int end) {
        return new ImageSnapshot(start, Arrays.copyOfRange(results, start, end), started.get(start, end));
    }
}
