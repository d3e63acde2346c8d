package io.imageprocessor.postgres;

import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobCounts;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobLog;
import io.imageprocessor.job.JobMetadata;
import io.imageprocessor.job.JobState;
import io.imageprocessor.job.JobStore;
import io.imageprocessor.postgres.claiming.ImageSteps;
import io.imageprocessor.postgres.database.CombinedCalls;
import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.reading.SliceLayout;
import io.imageprocessor.postgres.writing.Cancellation;
import io.imageprocessor.postgres.writing.JobInserts;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stores jobs in PostgreSQL, where they survive a restart and all replicas share them. Small jobs that are submitted at
 * the same time are saved in one transaction. Thread-safe.
 */
final class PostgresJobStore implements JobStore {

    /** Maximum number of jobs in a transaction, and of ids that are read together. */
    private static final int MAX_TOGETHER = 128;

    /** How long small jobs wait for those before them, which may have a connection that hangs. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Database database;
    private final ImageSteps steps;
    private final Cancellation cancellation;
    private final Clock clock;
    private final CombinedCalls<Object, JobId> ids = new CombinedCalls<>(this::nextIds, MAX_TOGETHER, PATIENCE);
    private final CombinedCalls<Save, Instant> saves = new CombinedCalls<>(this::save, MAX_TOGETHER, PATIENCE);

    PostgresJobStore(Database database, ImageSteps steps, Cancellation cancellation, Clock clock) {
        this.database = database;
        this.steps = steps;
        this.cancellation = cancellation;
        this.clock = clock;
    }

    private record Save(Job job, Consumer<List<Job>> enqueue) {}

    @Override
    public JobId nextId() {
        return ids.call(this);
    }

    private List<JobId> nextIds(List<Object> calls) {
        return database.execute(jdbc -> jdbc.query(
                "SELECT nextval('job_id') FROM generate_series(1, ?)",
                (row, _) -> new JobId(row.getLong(1)),
                calls.size()));
    }

    @Override
    public void save(Job job, Consumer<List<Job>> enqueue) {
        Save save = new Save(job, enqueue);
        Instant saved =
                isSavedWithOthers(job) ? saves.call(save) : save(List.of(save)).getFirst();
        JobLog.accepted(job);
        if (job.downloadableImages() == 0) {
            int images = job.imageCount();
            JobLog.ended(job.metadata(), JobState.FAILED, new JobCounts(images, 0, 0, 0, images, 0), saved);
        }
    }

    /** Returns whether the job is cheap to save, and locks no row that others change. */
    private static boolean isSavedWithOthers(Job job) {
        JobMetadata metadata = job.metadata();
        return job.imageCount() <= SliceLayout.IMAGES_OF_FIRST_SLICE
                && metadata.key().isEmpty()
                && metadata.retryOf().isEmpty();
    }

    /** Saves jobs in one transaction, and returns its time for each. */
    private List<Instant> save(List<Save> calls) {
        List<Job> jobs = calls.stream().map(Save::job).toList();
        Instant now = clock.instant();
        database.<@Nullable Void>inTransaction(jdbc -> {
            new JobInserts(jdbc, jobs).insert(now);
            calls.getFirst().enqueue().accept(jobs);
            return null;
        });
        return Collections.nCopies(jobs.size(), now);
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
