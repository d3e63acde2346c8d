package io.imageprocessor.postgres.writing;

import static java.util.stream.Collectors.groupingBy;

import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobLog;
import io.imageprocessor.job.JobStatus;
import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.database.PostgresTime;
import io.imageprocessor.postgres.database.UnnestRows;
import io.imageprocessor.postgres.reading.JobRowMapper;
import io.imageprocessor.postgres.reading.SliceKey;
import io.imageprocessor.postgres.reading.SliceLayout;
import io.imageprocessor.postgres.reading.SliceProgress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import lombok.RequiredArgsConstructor;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Writes changes of images, and the counters and states that follow from them, in one transaction. It first locks the
 * jobs in the order of their ids, which excludes other replicas and cancellations, and cannot deadlock; nobody else
 * waits for the claims that it deletes. Counters change by the number of rows written. Thread-safe.
 */
@RequiredArgsConstructor
final class ImageChanges {

    private final Database database;
    private final Clock clock;

    /**
     * Writes the changes and completes the outcome of each: with the change, or with null if nothing changed. Completes
     * none if it throws.
     *
     * @param repeated whether a transaction with the same changes may have been committed. Then that transaction
     *     started the images that are running, because only one replica starts the images of a slice.
     */
    void write(List<ImageChange> changes, boolean repeated) {
        List<JobStatus> finished = new ArrayList<>();
        Set<ImageChange> effective =
                database.inTransaction(jdbc -> new Batch(jdbc, changes, repeated, finished).write());
        changes.forEach(change -> change.outcome().complete(effective.contains(change) ? change : null));
        finished.forEach(JobLog::ended);
    }

    /** Differences to add to the counters of a job. */
    private static final class CounterChanges {
        private int started;
        private int running;
        private int succeeded;
        private int failed;

        boolean isEmpty() {
            return started + succeeded + failed == 0;
        }
    }

    private final class Batch {

        private final JdbcTemplate jdbc;
        private final boolean repeated;
        private final Map<JobId, List<ImageChange>> byJob;

        /** The number of images of each ongoing job. */
        private final Map<JobId, Integer> images = new HashMap<>();

        private final Map<JobId, CounterChanges> counters = new TreeMap<>(Comparator.comparingLong(JobId::value));
        private final Map<SliceKey, SliceProgress> slices = new HashMap<>();
        private final NewResults results = new NewResults();
        private final Set<ImageChange> effective = Collections.newSetFromMap(new IdentityHashMap<>());
        private final List<JobStatus> finished;

        Batch(JdbcTemplate jdbc, List<ImageChange> changes, boolean repeated, List<JobStatus> finished) {
            this.jdbc = jdbc;
            this.repeated = repeated;
            this.finished = finished;
            this.byJob = changes.stream().collect(groupingBy(ImageChange::jobId));
        }

        Set<ImageChange> write() {
            lockOngoing();
            byJob.keySet().retainAll(images.keySet());
            if (byJob.isEmpty()) {
                return Set.of();
            }
            readSlices();
            byJob.values().forEach(changes -> changes.forEach(this::apply));
            writeResults();
            writeSlices();
            endClaims();
            StoreFailures.count(jdbc, effective);
            writeJobs();
            return effective;
        }

        private void lockOngoing() {
            UnnestRows ids = new UnnestRows("int8");
            byJob.keySet().forEach(id -> ids.add(id.value()));
            ids.query(jdbc, """
                    SELECT id, images FROM job WHERE id = ANY (?) AND state = 'ongoing' ORDER BY id FOR NO KEY UPDATE
                    """, (row, _) -> Map.entry(new JobId(row.getLong(1)), row.getInt(2)))
                    .forEach(job -> images.put(job.getKey(), job.getValue()));
        }

        private void readSlices() {
            Set<SliceKey> keys = new HashSet<>();
            byJob.values()
                    .forEach(changes ->
                            changes.forEach(change -> keys.add(SliceKey.of(change.jobId(), change.image()))));
            UnnestRows rows = new UnnestRows("int8", "int4");
            keys.forEach(key -> rows.add(key.jobId().value(), key.first()));
            rows.query(
                            jdbc,
                            """
                            SELECT job_id, first_image, started, done
                            FROM slice_progress JOIN unnest(?, ?) AS k (job_id, first_image) USING (job_id, first_image)
                            """,
                            (row, _) -> Map.entry(
                                    new SliceKey(new JobId(row.getLong(1)), row.getInt(2)),
                                    new SliceProgress(row.getBytes(3), row.getBytes(4))))
                    .forEach(slice -> slices.put(slice.getKey(), slice.getValue()));
        }

        /** Applies a change to the slice, if its image allows it. Results are counted after they are written. */
        private void apply(ImageChange change) {
            SliceKey key = SliceKey.of(change.jobId(), change.image());
            SliceProgress slice = slices.get(key);
            if (slice == null) {
                return;
            }
            CounterChanges job = counters.computeIfAbsent(change.jobId(), _ -> new CounterChanges());
            int offset = change.image() - key.first();
            int runningBefore = slice.isRunning(offset) ? 1 : 0;
            ImageResult result = change.result();
            if (result != null) {
                if (slice.finish(offset)) {
                    results.add(change, result);
                }
            } else if (slice.start(offset)) {
                effective.add(change);
                job.started++;
            } else if (repeated && slice.isRunning(offset)) {
                effective.add(change);
            }
            job.running += (slice.isRunning(offset) ? 1 : 0) - runningBefore;
        }

        private void writeResults() {
            for (ImageChange change : results.insert(jdbc)) {
                effective.add(change);
                CounterChanges job = Objects.requireNonNull(counters.get(change.jobId()));
                if (change.result() instanceof ImageResult.Succeeded) {
                    job.succeeded++;
                } else {
                    job.failed++;
                }
            }
        }

        private void writeSlices() {
            UnnestRows rows = new UnnestRows("int8", "int4", "bytea", "bytea");
            slices.forEach((key, slice) -> rows.add(key.jobId().value(), key.first(), slice.started(), slice.done()));
            rows.update(jdbc, """
                    UPDATE slice_progress AS p SET started = k.started, done = k.done
                    FROM unnest(?, ?, ?, ?) AS k (job_id, first_image, started, done)
                    WHERE p.job_id = k.job_id AND p.first_image = k.first_image
                    """);
        }

        /** Deletes the claims of slices whose last result is in this batch. Nobody needs them any more. */
        private void endClaims() {
            UnnestRows instances = new UnnestRows("text");
            slices.forEach((key, slice) -> {
                int end = SliceLayout.endOf(key.first(), Objects.requireNonNull(images.get(key.jobId())));
                if (slice.doneImages() == end - key.first()) {
                    instances.add(key.instance());
                }
            });
            if (!instances.isEmpty()) {
                instances.update(
                        jdbc, "DELETE FROM scheduled_tasks WHERE task_name = 'slice' AND task_instance = ANY (?)");
            }
        }

        private void writeJobs() {
            UnnestRows rows = new UnnestRows("int8", "int4", "int4", "int4", "int4");
            counters.forEach((id, job) -> {
                if (!job.isEmpty()) {
                    rows.add(id.value(), job.started, job.running, job.succeeded, job.failed);
                }
            });
            if (rows.isEmpty()) {
                return;
            }
            rows.query(jdbc, """
                            UPDATE job AS j
                            SET running = j.running + d.running, succeeded = j.succeeded + d.succeeded,
                                failed = j.failed + d.failed, version = j.version + 1,
                                started_at = CASE WHEN d.started > 0 THEN coalesce(j.started_at, t.now)
                                                  ELSE j.started_at END,
                                finished_at = CASE WHEN j.succeeded + d.succeeded + j.failed + d.failed = j.images
                                                   THEN t.now END,
                                state = CASE WHEN j.succeeded + d.succeeded + j.failed + d.failed < j.images
                                             THEN 'ongoing'
                                             WHEN j.failed + d.failed > 0 THEN 'failed'
                                             ELSE 'completed' END
                            FROM (SELECT ?::timestamptz AS now) AS t,
                                 unnest(?, ?, ?, ?, ?) AS d (id, started, running, succeeded, failed)
                            WHERE j.id = d.id
                            RETURNING j.*
                            """, (row, _) -> JobRowMapper.status(row), PostgresTime.of(clock.instant())).stream()
                    .filter(job -> job.state().isFinal())
                    .forEach(finished::add);
        }
    }
}
