package io.imageprocessor.memory;

import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobLog;
import io.imageprocessor.job.JobStore;
import io.imageprocessor.logging.FatalErrors;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import lombok.RequiredArgsConstructor;
import org.jspecify.annotations.Nullable;

/** Keeps jobs in the heap of this process. Jobs are lost when the process ends. */
@RequiredArgsConstructor
final class InMemoryJobStore implements JobStore {

    private final RetainedJobs jobs;
    private final InMemoryIdempotencyKeys keys;
    private final JobIdSequence ids;
    private final Clock clock;

    @Override
    public JobId nextId() {
        return ids.next();
    }

    @Override
    public void save(Job job, Consumer<List<Job>> enqueue) {
        JobProgress progress = new JobProgress(job, clock);
        // Read before the job is added, because afterwards a client may cancel it.
        boolean finished = progress.isFinished();
        jobs.add(progress);
        try {
            enqueue.accept(List.of(job));
        } catch (RuntimeException | Error e) {
            FatalErrors.haltIfFatal(e);
            // Its images would never be processed.
            jobs.remove(job.id());
            throw e;
        }
        job.metadata().retryOf().map(jobs::get).ifPresent(retried -> retried.addRetry(job.id()));
        job.metadata().key().ifPresent(key -> keys.use(key, job.id()));
        JobLog.accepted(job);
        if (finished) {
            jobs.finish(progress);
        }
    }

    @Override
    public boolean start(JobId id, int index) {
        JobProgress progress = jobs.get(id);
        return progress != null && progress.start(index);
    }

    @Override
    public @Nullable ImageResult record(JobId id, int index, ImageResult result) {
        JobProgress progress = jobs.get(id);
        if (progress == null) {
            return null;
        }
        JobProgress.Recorded recorded = progress.record(index, result);
        if (recorded == JobProgress.Recorded.FINISHED_JOB) {
            jobs.finish(progress);
        }
        return recorded == JobProgress.Recorded.TOO_LATE ? null : result;
    }

    @Override
    public boolean cancel(JobId id) {
        JobProgress progress = jobs.get(id);
        if (progress == null || !progress.cancel()) {
            return false;
        }
        jobs.finish(progress);
        return true;
    }
}
