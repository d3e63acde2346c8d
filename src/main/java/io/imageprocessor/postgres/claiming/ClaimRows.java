package io.imageprocessor.postgres.claiming;

import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.database.UnnestRows;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Writes claims of this replica in the table of db-scheduler, as db-scheduler writes them, but many with one statement.
 * Other replicas cannot tell these claims from those of db-scheduler. Thread-safe.
 */
public final class ClaimRows {

    /** The version of a claim that is inserted. It grows with each change of the claim's owner. */
    static final long NEW = 1;

    private final Database database;

    /** Name of this replica's scheduler. */
    private final String replica;

    private final Clock clock;

    public ClaimRows(Database database, ReplicaScheduler scheduler, Clock clock) {
        this.database = database;
        this.replica = scheduler.name();
        this.clock = clock;
    }

    /** Inserts claims on first slices of new jobs, which this replica holds from the start. */
    void insert(JdbcTemplate jdbc, Collection<SliceLease> leases) {
        UnnestRows rows = new UnnestRows("text", "timestamptz");
        for (SliceLease lease : leases) {
            rows.add(
                    lease.key().instance(),
                    SliceTask.turnOf(lease.key().jobId()).atOffset(ZoneOffset.UTC));
        }
        rows.update(jdbc, """
                INSERT INTO scheduled_tasks (task_name, task_instance, execution_time, picked, picked_by,
                                             last_heartbeat, version, priority)
                SELECT 'slice', instance, turn, true, h.replica, h.now, %d, %d
                FROM (SELECT ?::text AS replica, ?::timestamptz AS now) AS h, unnest(?, ?) AS k (instance, turn)
                """.formatted(NEW, SliceTask.PRIORITY_OF_FIRST), replica, now());
    }

    /**
     * Writes a heartbeat of claims that {@link #insert} has inserted. Claims that are lost stay as they are. Those that
     * another transaction has locked are skipped: waiting for them could deadlock with the group commit, which deletes
     * claims.
     */
    void writeHeartbeats(Collection<SliceLease> leases) {
        UnnestRows rows = new UnnestRows("text");
        leases.forEach(lease -> rows.add(lease.key().instance()));
        if (!rows.isEmpty()) {
            database.execute(jdbc -> rows.update(jdbc, """
                    WITH h AS (SELECT ?::text AS replica, ?::timestamptz AS now, ?::text[] AS instances),
                    held AS (
                        SELECT task_name, task_instance FROM scheduled_tasks, h
                        WHERE task_name = 'slice' AND task_instance = ANY (h.instances) AND version = %d
                          AND picked_by = h.replica
                        FOR NO KEY UPDATE OF scheduled_tasks SKIP LOCKED)
                    UPDATE scheduled_tasks AS t SET last_heartbeat = h.now FROM held, h
                    WHERE t.task_name = held.task_name AND t.task_instance = held.task_instance
                    """.formatted(NEW), replica, now()));
        }
    }

    /** Gives a claim back: any replica may claim the slice. */
    void release(SliceLease lease) {
        change(
                "UPDATE scheduled_tasks SET picked = false, picked_by = NULL, last_heartbeat = NULL,"
                        + " version = version + 1",
                lease);
    }

    void delete(SliceLease lease) {
        change("DELETE FROM scheduled_tasks", lease);
    }

    private void change(String statement, SliceLease lease) {
        database.execute(jdbc -> jdbc.update(
                statement + " WHERE task_name = 'slice' AND task_instance = ? AND version = ? AND picked_by = ?",
                lease.key().instance(),
                lease.claimVersion(),
                replica));
    }

    private OffsetDateTime now() {
        return Instant.now(clock).atOffset(ZoneOffset.UTC);
    }
}
