package io.imageprocessor.postgres.claiming;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.SchedulableInstance;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.logging.GuardedTask;
import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.reading.SliceKey;
import io.imageprocessor.postgres.reading.SliceLayout;
import io.imageprocessor.postgres.reading.SliceProgress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import lombok.RequiredArgsConstructor;
import lombok.extern.slf4j.Slf4j;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * Queues slices again that nobody would work on: slices of ongoing jobs with unfinished images, but without a claim in
 * table {@code scheduled_tasks}. The service never leaves a slice so; rows that were deleted by hand do. One replica at
 * a time repairs, and the others find nothing left. Thread-safe.
 */
@Slf4j
@RequiredArgsConstructor
public final class LostSlices {

    /** Maximum number of slices in one transaction: those of a job of a million images. */
    private static final int SLICES = 4_000;

    /** Key of the advisory lock that one replica holds while it repairs; no other code uses this number. */
    private static final long ADVISORY_LOCK = 0x6c6f737420736c69L;

    private static final String LOST =
            """
            SELECT j.id, s.first FROM job AS j
            CROSS JOIN LATERAL (SELECT 0 AS first UNION ALL SELECT generate_series(%1$d, j.images - 1, %2$d)) AS s
            LEFT JOIN slice_progress AS p ON p.job_id = j.id AND p.first_image = s.first
            WHERE j.state = 'ongoing'
                AND coalesce(bit_count(p.done), 0)
                    < least(j.images - s.first, CASE s.first WHEN 0 THEN %1$d ELSE %2$d END)
                AND NOT EXISTS (
                    SELECT FROM scheduled_tasks AS t
                    WHERE t.task_name = 'slice' AND t.task_instance = j.id || '/' || s.first)
            ORDER BY j.id, s.first LIMIT %3$d
            """.formatted(SliceLayout.IMAGES_OF_FIRST_SLICE, SliceLayout.IMAGES_PER_SLICE, SLICES);

    private final Database database;
    private final SliceTask task;
    private final Scheduler scheduler;
    private final GuardedTask repairing =
            new GuardedTask("queueing lost slices again", StorageUnavailableException.class::isInstance);

    /** Slices that the last run has found; used by one thread at a time. */
    private Set<SliceKey> found = Set.of();

    /**
     * Queues slices again that this run and the last one have found lost. By the second run, each replica has noticed
     * that its lease has no row any more. Logs failures and throws none.
     */
    @Scheduled(fixedDelayString = "PT1M")
    public void repair() {
        repairing.run(() -> {
            Set<SliceKey> before = found;
            found = new HashSet<>(database.execute(LostSlices::lost));
            if (found.stream().anyMatch(before::contains)) {
                int queued = database.inTransaction(jdbc -> queueAgain(jdbc, before));
                if (queued > 0) {
                    scheduler.triggerCheckForDueExecutions();
                    log.warn("queued {} slices again: unfinished images, but no claim", queued);
                }
            }
        });
    }

    private static List<SliceKey> lost(JdbcTemplate jdbc) {
        return jdbc.query(LOST, (row, _) -> new SliceKey(new JobId(row.getLong(1)), row.getInt(2)));
    }

    private int queueAgain(JdbcTemplate jdbc, Set<SliceKey> confirmed) {
        // Waits, so that a slice which another replica has queued is not lost any more below.
        jdbc.query("SELECT pg_advisory_xact_lock(?)", _ -> {}, ADVISORY_LOCK);
        List<SliceKey> lost = lost(jdbc).stream().filter(confirmed::contains).toList();
        lost.stream()
                .collect(Collectors.groupingBy(
                        SliceKey::jobId,
                        () -> new TreeMap<>(Comparator.comparingLong(JobId::value)),
                        Collectors.toList()))
                .forEach((job, slices) -> restore(jdbc, job, slices));
        Instant now = PostgresJobQueue.virtualTime(jdbc);
        List<SchedulableInstance<?>> instances = new ArrayList<>();
        for (SliceKey key : lost) {
            instances.add(
                    key.first() == 0 ? task.firstSlice(key) : task.otherSlice(key, now.plusMillis(instances.size())));
        }
        if (!instances.isEmpty()) {
            scheduler.scheduleBatch(instances);
        }
        return instances.size();
    }

    /** Inserts the progress of slices that have none, from the results of their images. */
    private static void restore(JdbcTemplate jdbc, JobId job, List<SliceKey> slices) {
        // All writers lock the row of the job first, so this excludes them.
        List<Integer> images = jdbc.queryForList(
                "SELECT images FROM job WHERE id = ? AND state = 'ongoing' FOR NO KEY UPDATE",
                Integer.class,
                job.value());
        int restored = 0;
        for (int total : images) {
            for (SliceKey key : slices) {
                restored += restore(jdbc, key, SliceLayout.endOf(key.first(), total));
            }
        }
        if (restored > 0) {
            int running = jdbc
                    .query(
                            "SELECT started, done FROM slice_progress WHERE job_id = ?",
                            (row, _) -> new SliceProgress(row.getBytes(1), row.getBytes(2)).running(),
                            job.value())
                    .stream()
                    .mapToInt(Integer::intValue)
                    .sum();
            jdbc.update("UPDATE job SET running = ?, version = version + 1 WHERE id = ?", running, job.value());
        }
    }

    private static int restore(JdbcTemplate jdbc, SliceKey key, int end) {
        BitSet done = new BitSet();
        jdbc.query(
                "SELECT image FROM image_result WHERE job_id = ? AND image >= ? AND image < ?",
                (RowCallbackHandler) row -> done.set(row.getInt(1) - key.first()),
                key.jobId().value(),
                key.first(),
                end);
        return jdbc.update(
                "INSERT INTO slice_progress (job_id, first_image, started, done) VALUES (?, ?, ''::bytea, ?)"
                        + " ON CONFLICT DO NOTHING",
                key.jobId().value(),
                key.first(),
                done.toByteArray());
    }
}
