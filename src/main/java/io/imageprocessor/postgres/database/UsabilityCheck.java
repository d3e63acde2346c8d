package io.imageprocessor.postgres.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;

/**
 * Checks whether a session can work: on a writable server, with the tables and the rights that the service needs. Not
 * thread-safe.
 */
final class UsabilityCheck {

    private static final String REASON = """
            WITH used (name, updated) AS (
                VALUES ('job', true), ('job_store', true), ('slice_progress', true), ('submission_key', true),
                    ('scheduled_tasks', true), ('visit', false), ('slice', false), ('image_result', false))
            SELECT CASE
                WHEN pg_is_in_recovery() THEN 'the server is a read-only standby'
                WHEN current_setting('transaction_read_only')::boolean THEN 'the database is read-only'
                ELSE (
                    SELECT 'permission denied: '
                        || string_agg(operation || ' on ' || name, ', ' ORDER BY name, operation)
                    FROM used, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS operation
                    WHERE to_regclass(name) IS NOT NULL AND (updated OR operation <> 'UPDATE')
                        AND NOT has_table_privilege(to_regclass(name), operation))
            END,
            (SELECT string_agg(name, ', ' ORDER BY name) FROM used WHERE to_regclass(name) IS NULL)""";

    /** Whether all tables were found once. Before that, tables may be missing, because the schema is being migrated. */
    private boolean migrated;

    /**
     * Writes about a megabyte, which is not kept.
     *
     * @throws SQLException if the disk is full, or the session is broken
     */
    static void checkSpace(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TEMP TABLE space AS SELECT i, i AS again FROM generate_series(1, 20000) AS i");
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /** @throws SQLException if the session is broken or cannot work; the message has the reason */
    void check(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(REASON)) {
            result.next();
            String reason = result.getString(1);
            if (reason != null) {
                throw new SQLTransientConnectionException(reason);
            }
            String missing = result.getString(2);
            if (missing == null) {
                migrated = true;
            } else if (migrated) {
                throw new SQLTransientConnectionException(
                        "tables deleted, or no right to use their schema: " + missing);
            }
        }
    }
}
