package io.imageprocessor.postgres.claiming;

import com.github.kagkarlsson.scheduler.jdbc.JdbcTaskRepositoryContext;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.task.Execution;
import io.imageprocessor.job.JobId;
import io.imageprocessor.logging.RateLimitedLog;
import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.database.DatabaseFailure;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import lombok.extern.slf4j.Slf4j;

/**
 * Claims slices in two lanes, within the limits of {@link ClaimPolicy}: first slices in the order of their jobs, and
 * other slices by the lowest virtual time. So a small job starts at once, and large jobs alternate. Thread-safe.
 */
@Slf4j
final class TwoLanePolling extends PostgreSqlJdbcCustomization {

    static final String CLAIM = """
            WITH first AS (
                SELECT task_name, task_instance FROM scheduled_tasks
                WHERE NOT picked AND priority = 1 AND execution_time <= ?
                  AND split_part(task_instance, '/', 1) <> ALL (?)
                ORDER BY execution_time LIMIT ? FOR UPDATE SKIP LOCKED),
            other AS (
                SELECT task_name, task_instance FROM scheduled_tasks
                WHERE NOT picked AND priority = 0 AND execution_time <= ?
                  AND split_part(task_instance, '/', 1) <> ALL (?)
                ORDER BY execution_time LIMIT ? FOR UPDATE SKIP LOCKED),
            due AS (SELECT * FROM first UNION ALL SELECT * FROM other)
            UPDATE scheduled_tasks AS t
            SET picked = true, picked_by = ?, last_heartbeat = ?, version = t.version + 1
            FROM due WHERE t.task_name = due.task_name AND t.task_instance = due.task_instance
            RETURNING t.*
            """;

    private final Database database;
    private final ClaimPolicy policy;
    private final RateLimitedLog faults = new RateLimitedLog(log);

    TwoLanePolling(Database database, ClaimPolicy policy) {
        super(false, false);
        this.database = database;
        this.policy = policy;
    }

    /** Returns no executions after a failure: the next poll tries again. {@code DatabaseMonitor} logs outages. */
    @Override
    public List<Execution> lockAndFetchSingleStatement(
            JdbcTaskRepositoryContext context, Instant now, int limit, boolean orderByPriority) {
        ClaimPolicy.Limits limits = policy.limits();
        if (limits.isZero()) {
            return List.of();
        }
        try {
            return context.jdbcRunner.query(
                    CLAIM,
                    statement -> bind(statement, limits, now, limit, context.schedulerName.getName()),
                    context.resultSetMapper.get());
        } catch (RuntimeException e) {
            report(e);
            return List.of();
        }
    }

    private void report(RuntimeException failure) {
        if (!database.noteFailure(failure)) {
            faults.error(failure, "claiming slices failed; trying again");
        } else if (DatabaseFailure.isReportedByMonitor(failure)) {
            log.debug("no slices claimed: database unavailable", failure);
        } else {
            faults.warn(failure, "claiming slices failed; trying again");
        }
    }

    private void bind(PreparedStatement statement, ClaimPolicy.Limits limits, Instant now, int limit, String replica)
            throws SQLException {
        String[] postponed = ids(limits.postponedJobs().stream());
        String[] excluded = ids(Stream.concat(limits.postponedJobs().stream(), limits.excludedJobs().stream()));
        int first = Math.min(limit, limits.first());
        setInstant(statement, 1, now);
        statement.setArray(2, statement.getConnection().createArrayOf("text", postponed));
        statement.setInt(3, first);
        setInstant(statement, 4, now);
        statement.setArray(5, statement.getConnection().createArrayOf("text", excluded));
        statement.setInt(6, Math.min(limit - first, limits.others()));
        statement.setString(7, replica);
        setInstant(statement, 8, now);
    }

    private static String[] ids(Stream<JobId> jobs) {
        return jobs.map(id -> Long.toString(id.value())).toArray(String[]::new);
    }
}
