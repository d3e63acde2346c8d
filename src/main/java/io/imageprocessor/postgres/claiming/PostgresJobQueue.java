package io.imageprocessor.postgres.claiming;

import static java.util.stream.Collectors.toSet;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.SchedulableInstance;
import io.imageprocessor.job.Backlog;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobQueue;
import io.imageprocessor.job.Visit;
import io.imageprocessor.logging.FatalErrors;
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
import java.util.Set;
import java.util.function.Consumer;
import lombok.RequiredArgsConstructor;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Enqueues the slices of jobs for all replicas: each slice is a task of db-scheduler, saved in the transaction of its
 * job. The execution time of a task is a virtual time, not a clock time: the slices of a job have successive
 * milliseconds, from the current virtual time on. So large jobs alternate slice by slice, and a new job starts beside
 * them. First slices have a lane of their own, in the order of their jobs. Small jobs are claimed by this replica as
 * they are saved, see {@link SmallJobs}. Thread-safe.
 */
@RequiredArgsConstructor
public final class PostgresJobQueue implements JobQueue {

    private final Database database;
    private final SharedBacklog backlog;
    private final SliceTask task;
    private final Scheduler scheduler;
    private final SmallJobs small;
    private final FairJobQueue local;

    @Override
    public Backlog backlog() {
        return backlog;
    }

    @Override
    public void enqueue(List<Job> jobs) {
        database.<@Nullable Void>inTransaction(jdbc -> {
            List<Job> queued =
                    jobs.stream().filter(job -> job.downloadableImages() > 0).toList();
            List<SmallJobs.Claim> claimed = small.claim(queued);
            Set<JobId> ids =
                    claimed.stream().map(claim -> claim.lease().key().jobId()).collect(toSet());
            List<Job> others =
                    queued.stream().filter(job -> !ids.contains(job.id())).toList();
            afterTransaction(committed -> begin(claimed, !others.isEmpty(), committed));
            if (!claimed.isEmpty()) {
                small.insert(jdbc, claimed);
            }
            if (!others.isEmpty()) {
                scheduler.scheduleBatch(others.stream()
                        .flatMap(job -> taskInstances(job, jdbc).stream())
                        .toList());
            }
            return null;
        });
    }

    private void begin(List<SmallJobs.Claim> claimed, boolean poll, boolean committed) {
        if (!committed) {
            small.releaseMemory(claimed);
            return;
        }
        small.start(claimed);
        if (poll) {
            scheduler.triggerCheckForDueExecutions();
        }
    }

    /**
     * Returns the virtual time of the next waiting slice, or of the last leased slice if that is later. A job whose
     * hosts are dead leaves old slices in the queue; beside them, a new job would overtake all others.
     */
    static Instant virtualTime(JdbcTemplate jdbc) {
        return Objects.requireNonNull(jdbc.queryForObject(
                """
                SELECT coalesce(greatest(
                    (SELECT min(execution_time) FROM scheduled_tasks WHERE NOT picked AND priority = 0),
                    (SELECT max(execution_time) FROM scheduled_tasks WHERE picked AND priority = 0)), 'epoch')
                """,
                (ResultSet row, int _) -> row.getObject(1, OffsetDateTime.class).toInstant()));
    }

    private List<SchedulableInstance<?>> taskInstances(Job job, JdbcTemplate jdbc) {
        List<SliceKey> slices = slices(job);
        List<SchedulableInstance<?>> instances = new ArrayList<>();
        instances.add(task.firstSlice(slices.getFirst()));
        if (slices.size() > 1) {
            Instant now = virtualTime(jdbc);
            for (int i = 1; i < slices.size(); i++) {
                instances.add(task.otherSlice(slices.get(i), now.plusMillis(i)));
            }
        }
        return instances;
    }

    /** Returns the slices with images to download, in order. */
    private static List<SliceKey> slices(Job job) {
        List<SliceKey> slices = new ArrayList<>();
        int slice = 0;
        for (Visit visit : job.visits()) {
            if (visit.store().isPresent()) {
                // From the slice with the first image of the visit, unless an earlier visit added it, to the last one.
                for (slice = Math.max(slice, SliceLayout.firstOf(visit.firstImage()));
                        slice < visit.endImage();
                        slice = SliceLayout.endOf(slice, job.imageCount())) {
                    slices.add(new SliceKey(job.id(), slice));
                }
            }
        }
        return slices;
    }

    /** @param action gets whether the transaction is known to be committed */
    private static void afterTransaction(Consumer<Boolean> action) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCompletion(int status) {
                try {
                    action.accept(status == STATUS_COMMITTED);
                } catch (Error e) {
                    // Spring logs and drops it.
                    FatalErrors.haltIfFatal(e);
                    throw e;
                }
            }
        });
    }

    /** Cancels the job in this replica and deletes its waiting claims. {@link LeaseMonitor} ends it in the others. */
    @Override
    public void cancel(JobId id) {
        local.cancel(id);
        database.execute(jdbc -> jdbc.update("""
                DELETE FROM scheduled_tasks AS t USING slice_progress AS p
                WHERE p.job_id = ? AND NOT t.picked
                  AND t.task_name = 'slice' AND t.task_instance = p.job_id || '/' || p.first_image
                """, id.value()));
    }
}
