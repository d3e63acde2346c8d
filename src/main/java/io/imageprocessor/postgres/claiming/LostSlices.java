package io.imageprocessor.postgres.claiming;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.SchedulableInstance;
import io.imageprocessor.job.JobId;
import io.imageprocessor.logging.GuardedTask;
import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.database.DatabaseFailure;
import io.imageprocessor.postgres.database.UnnestRows;
import io.imageprocessor.postgres.reading.SliceKey;
import io.imageprocessor.postgres.reading.SliceLayout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import lombok.RequiredArgsConstructor;
import lombok.extern.slf4j.Slf4j;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * Queues slices again that nobody would work on: slices of ongoing jobs with unfinished images, but without a claim in
 * table {@code scheduled_tasks}. The service never leaves a slice so; rows that were deleted by hand do. One replica at
 * a time repairs, and the others find nothing left. Thread-safe.
 *
 * <p>Each run looks at a limited number of slices, and the next one continues after their jobs. For each slice it reads
 * one or two rows by their keys. The subqueries keep PostgreSQL from joining whole tables, which grow with the finished
 * jobs.
 */
@Slf4j
@RequiredArgsConstructor
public final class LostSlices {

    /** Number of slices that one run looks at; the last job of a run may exceed it. */
    static final int SLICES_OF_A_RUN = 20_000;

    /** Maximum number of slices that one run finds: those of a job of a million images. */
    private static final int SLICES = 4_000;

    /** Key of the advisory lock that one replica holds while it repairs; no other code uses this number. */
    private static final long ADVISORY_LOCK = 0x6c6f737420736c69L;

    /** Whether slice {@code s.first} of job {@code j} has unfinished images and no claim. */
    private static final String IS_LOST =
            """
            coalesce((SELECT bit_count(p.done) FROM slice_progress AS p
                      WHERE p.job_id = j.id AND p.first_image = s.first), 0)
                < least(j.images - s.first, CASE s.first WHEN 0 THEN %d ELSE %d END)
            AND (SELECT t.version FROM scheduled_tasks AS t
                 WHERE t.task_name = 'slice' AND t.task_instance = j.id || '/' || s.first) IS NULL
            """.formatted(SliceLayout.IMAGES_OF_FIRST_SLICE, SliceLayout.IMAGES_PER_SLICE);

    private static final String LAST_JOB = """
            SELECT id FROM (
                SELECT id, sum(1 + greatest(0, images - %d + %d - 1) / %d) OVER (ORDER BY id) AS slices FROM (
                    SELECT id, images FROM job WHERE state = 'ongoing' AND id > ? ORDER BY id LIMIT %d) AS next
                ) AS counted
            WHERE slices >= %d ORDER BY id LIMIT 1
            """.formatted(
                    SliceLayout.IMAGES_OF_FIRST_SLICE,
                    SliceLayout.IMAGES_PER_SLICE,
                    SliceLayout.IMAGES_PER_SLICE,
                    SLICES_OF_A_RUN,
                    SLICES_OF_A_RUN);

    private static final String LOST =
            """
            SELECT j.id, s.first FROM (
                SELECT id, images FROM job WHERE state = 'ongoing' AND id > ? AND id <= ? ORDER BY id) AS j
            CROSS JOIN LATERAL (SELECT 0 AS first UNION ALL SELECT generate_series(%d, j.images - 1, %d)) AS s
            WHERE %s ORDER BY j.id, s.first LIMIT ?
            """.formatted(SliceLayout.IMAGES_OF_FIRST_SLICE, SliceLayout.IMAGES_PER_SLICE, IS_LOST);

    private static final String STILL_LOST = """
            SELECT j.id, s.first FROM unnest(?, ?) AS s (job_id, first) JOIN job AS j ON j.id = s.job_id
            WHERE j.state = 'ongoing' AND %s ORDER BY j.id, s.first
            """.formatted(IS_LOST);

    private static final RowMapper<SliceKey> KEY = (row, _) -> new SliceKey(new JobId(row.getLong(1)), row.getInt(2));

    private final Database database;
    private final SliceTask task;
    private final Scheduler scheduler;
    private final GuardedTask repairing =
            new GuardedTask("queueing lost slices again", DatabaseFailure::isReportedByMonitor);
    private final GuardedTask searching =
            new GuardedTask("searching for lost slices", DatabaseFailure::isReportedByMonitor);

    /** Slices that the last run has found; used by one thread at a time. */
    private List<SliceKey> found = List.of();

    /** The next run looks at jobs after this one; used by one thread at a time. */
    private long lastJob;

    /**
     * Queues slices again that the last run and this one have found lost. By the second run, each replica has noticed
     * that its lease has no row any more. Logs failures and throws none.
     */
    @Scheduled(fixedDelayString = "PT1M")
    public void repair() {
        List<SliceKey> lost = found;
        found = List.of();
        queueAgain(lost);
        searching.run(() -> found = next());
    }

    /** Queues the slices of each job in a transaction of its own, so that one that fails does not stop the others. */
    private void queueAgain(List<SliceKey> lost) {
        Map<JobId, List<SliceKey>> jobs =
                lost.stream().collect(groupingBy(SliceKey::jobId, LinkedHashMap::new, toList()));
        int queued = jobs.values().stream().mapToInt(this::queueAgainOfJob).sum();
        if (queued > 0) {
            scheduler.triggerCheckForDueExecutions();
            log.warn("queued {} slices again: unfinished images, but no claim", queued);
        }
    }

    /** Returns the number of slices that were queued: none after a failure. */
    private int queueAgainOfJob(List<SliceKey> lost) {
        AtomicInteger queued = new AtomicInteger();
        repairing.run(() -> queued.set(database.inTransaction(jdbc -> queueAgain(jdbc, lost))));
        return queued.get();
    }

    /** Returns the lost slices of the next jobs. If that fails, the next run looks at the jobs after them. */
    private List<SliceKey> next() {
        return database.inTransaction(jdbc -> {
            // The number of slices of a job is estimated far too high, and compiling takes longer than the query.
            jdbc.execute("SET LOCAL jit = off");
            // For the same reason, PostgreSQL would scan all jobs with several processes.
            jdbc.execute("SET LOCAL max_parallel_workers_per_gather = 0");
            long end = jdbc.queryForList(LAST_JOB, Long.class, lastJob).stream()
                    .findFirst()
                    .orElse(Long.MAX_VALUE);
            long start = lastJob;
            lastJob = end == Long.MAX_VALUE ? 0 : end;
            List<SliceKey> lost = jdbc.query(LOST, KEY, start, end, SLICES);
            if (lost.size() == SLICES) {
                lastJob = lost.getLast().jobId().value() - 1;
            }
            return lost;
        });
    }

    private int queueAgain(JdbcTemplate jdbc, List<SliceKey> candidates) {
        // Waits, so that a slice which another replica has queued is not lost any more below.
        jdbc.query("SELECT pg_advisory_xact_lock(?)", _ -> {}, ADVISORY_LOCK);
        UnnestRows rows = new UnnestRows("int8", "int4");
        candidates.forEach(key -> rows.add(key.jobId().value(), key.first()));
        List<SliceKey> lost = rows.query(jdbc, STILL_LOST, KEY);
        if (lost.isEmpty()) {
            return 0;
        }
        new LostProgress(jdbc).restore(lost);
        Instant now = PostgresJobQueue.virtualTime(jdbc);
        List<SchedulableInstance<?>> instances = new ArrayList<>();
        for (SliceKey key : lost) {
            instances.add(
                    key.first() == 0 ? task.firstSlice(key) : task.otherSlice(key, now.plusMillis(instances.size())));
        }
        scheduler.scheduleBatch(instances);
        return instances.size();
    }
}
