package io.imageprocessor.postgres;

import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobCounts;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobLog;
import io.imageprocessor.job.JobState;
import io.imageprocessor.job.JobStore;
import io.imageprocessor.postgres.claiming.ImageSteps;
import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.writing.Cancellation;
import io.imageprocessor.postgres.writing.JobInserts;
import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import lombok.RequiredArgsConstructor;
import org.jspecify.annotations.Nullable;

/** Stores jobs in PostgreSQL, where they survive a restart and all replicas share them. Thread-safe. */
@RequiredArgsConstructor
final class PostgresJobStore implements JobStore {

    private final Database database;
    private final ImageSteps steps;
    private final Cancellation cancellation;
    private final Clock clock;

    @Override
    public JobId nextId() {
        return database.execute(
                jdbc -> new JobId(Objects.requireNonNull(jdbc.queryForObject("SELECT nextval('job_id')", Long.class))));
    }

    @Override
    public void save(Job job, Runnable enqueue) {
        Instant now = clock.instant();
        database.<@Nullable Void>inTransaction(jdbc -> {
            new JobInserts(jdbc, job).insert(now);
            enqueue.run();
            return null;
        });
        JobLog.accepted(job);
        if (job.downloadableImages() == 0) {
            int images = job.imageCount();
            JobLog.ended(job.metadata(), JobState.FAILED, new JobCounts(images, 0, 0, 0, images, 0), now);
        }
    }

    @Override
    public boolean start(JobId id, int index) {
        return steps.start(id, index);
    }

    @Override
    public @Nullable ImageResult record(JobId id, int index, ImageResult result) {
        return steps.record(id, index, result);
    }

    @Override
    public boolean cancel(JobId id) {
        return cancellation.cancel(id);
    }
}
