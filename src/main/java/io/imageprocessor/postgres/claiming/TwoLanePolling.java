package io.imageprocessor.postgres.claiming;

import com.github.kagkarlsson.scheduler.jdbc.JdbcTaskRepositoryContext;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.task.Execution;
import io.imageprocessor.postgres.database.Database;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import lombok.extern.slf4j.Slf4j;

/**
 * Claims slices in two lanes, as many of each as {@link ClaimPolicy} says: first slices as soon as there are any,
 * whatever else waits, and of the others those with the lowest virtual time. So a small job begins at once, and large
 * ones take turns.
 */
@Slf4j
public final class TwoLanePolling extends PostgreSqlJdbcCustomization {

    public static final String CLAIM = """
            WITH first AS (
                SELECT task_name, task_instance FROM scheduled_tasks
                WHERE NOT picked AND priority = 1 AND execution_time <= ?
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

    private final ClaimPolicy demand;

    public TwoLanePolling(ClaimPolicy demand) {
        super(false, false);
        this.demand = demand;
    }

    /** Also answers none while the database is away, which is told elsewhere. */
    @Override
    public List<Execution> lockAndFetchSingleStatement(
            JdbcTaskRepositoryContext context, Instant now, int limit, boolean orderByPriority) {
        ClaimPolicy.Wanted wanted = demand.now();
        if (wanted.isNothing()) {
            return List.of();
        }
        try {
            return context.jdbcRunner.query(
                    CLAIM,
                    statement -> bind(statement, wanted, now, limit, context.schedulerName.getName()),
                    context.resultSetMapper.get());
        } catch (RuntimeException e) {
            if (Database.isUnavailable(e)) {
                log.debug("no slices are claimed", e);
                return List.of();
            }
            throw e;
        }
    }

    private void bind(PreparedStatement statement, ClaimPolicy.Wanted wanted, Instant now, int limit, String replica)
            throws SQLException {
        String[] without =
                wanted.without().stream().map(id -> Long.toString(id.value())).toArray(String[]::new);
        int first = Math.min(limit, wanted.first());
        setInstant(statement, 1, now);
        statement.setInt(2, first);
        setInstant(statement, 3, now);
        statement.setArray(4, statement.getConnection().createArrayOf("text", without));
        statement.setInt(5, Math.min(limit - first, wanted.others()));
        statement.setString(6, replica);
        setInstant(statement, 7, now);
    }
}
