package io.imageprocessor.postgres.claiming;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.SchedulableInstance;
import io.imageprocessor.job.Backlog;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobQueue;
import io.imageprocessor.job.Visit;
import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.reading.SliceKey;
import io.imageprocessor.postgres.reading.SliceLayout;
import io.imageprocessor.queue.FairJobQueue;
import java.sql.ResultSet;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import lombok.RequiredArgsConstructor;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Lines the slices of jobs up for all replicas: each is a task of db-scheduler, in the same transaction as its job. A
 * task's time of execution is no time but its turn: the slices of a job have successive milliseconds, beginning with
 * the turn that is next. So large jobs take turns slice by slice, and a new one begins beside them. First slices, which
 * have a lane of their own, stand in it in the order of their jobs.
 */
@RequiredArgsConstructor
public final class PostgresJobQueue implements JobQueue {

    private final Database database;
    private final SharedBacklog backlog;
    private final SliceTask task;
    private final Scheduler scheduler;
    private final FairJobQueue local;

    @Override
    public Backlog backlog() {
        return backlog;
    }

    @Override
    public void enqueue(Job job) {
        database.inTransaction(jdbc -> {
            scheduler.scheduleBatch(claims(job, jdbc));
            return job;
        });
        afterCommit(scheduler::triggerCheckForDueExecutions);
    }

    /**
     * That of the first in line, but not before any that is being worked on: a job whose hosts are dead leaves its old
     * slices in line, and those of a new job would go before all others if they stood beside them.
     */
    private static Instant nextTurn(JdbcTemplate jdbc) {
        return Objects.requireNonNull(jdbc.queryForObject(
                """
                SELECT coalesce(greatest(
                    (SELECT min(execution_time) FROM scheduled_tasks WHERE NOT picked AND priority = 0),
                    (SELECT max(execution_time) FROM scheduled_tasks WHERE picked AND priority = 0)), 'epoch')
                """,
                (ResultSet row, int _) -> row.getObject(1, OffsetDateTime.class).toInstant()));
    }

    private List<SchedulableInstance<?>> claims(Job job, JdbcTemplate jdbc) {
        List<SliceKey> slices = slices(job);
        List<SchedulableInstance<?>> claims = new ArrayList<>();
        if (!slices.isEmpty()) {
            claims.add(task.firstClaim(slices.getFirst()));
        }
        if (slices.size() > 1) {
            Instant turn = nextTurn(jdbc);
            for (int i = 1; i < slices.size(); i++) {
                claims.add(task.claim(slices.get(i), turn.plusMillis(i)));
            }
        }
        return claims;
    }

    /** Those with images to download. */
    private static List<SliceKey> slices(Job job) {
        List<SliceKey> slices = new ArrayList<>();
        int slice = 0;
        for (Visit visit : job.visits()) {
            if (visit.store().isPresent()) {
                // The slice that the visit begins in, unless an earlier visit has it, and all up to its end.
                for (slice = Math.max(slice, SliceLayout.firstOf(visit.firstImage()));
                        slice < visit.endImage();
                        slice = SliceLayout.endOf(slice, job.imageCount())) {
                    slices.add(new SliceKey(job.id(), slice));
                }
            }
        }
        return slices;
    }

    private static void afterCommit(Runnable action) {
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            action.run();
            return;
        }
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                action.run();
            }
        });
    }

    /** Other replicas see by themselves that the job is over: see {@link LeaseMonitor}. */
    @Override
    public void cancel(JobId id) {
        local.cancel(id);
        database.with(jdbc -> jdbc.update("""
                DELETE FROM scheduled_tasks AS t USING slice_progress AS p
                WHERE p.job_id = ? AND NOT t.picked
                  AND t.task_name = 'slice' AND t.task_instance = p.job_id || '/' || p.first_image
                """, id.value()));
    }
}
