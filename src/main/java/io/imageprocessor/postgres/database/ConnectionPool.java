package io.imageprocessor.postgres.database;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The connections to the database, all of which can be broken off at once. Thread-safe. */
public final class ConnectionPool extends HikariDataSource {

    /**
     * Of each session. A replica that stands still in a transaction must not hold its locks; a statement ends before
     * the driver's socketTimeout ends its connection; and a plan that was made for an empty table must not be kept for
     * the one that a job of a million images fills. Not options of the connection, which PgBouncer refuses.
     */
    private static final String SESSION = "SET idle_in_transaction_session_timeout = '10s';"
            + " SET statement_timeout = '25s';"
            + " SET plan_cache_mode = force_custom_plan";

    /**
     * The driver's, not those of the pool around them: those that were lent, now or before; one that the pool has
     * closed may stay until the next is new.
     */
    private final Set<Connection> lent = ConcurrentHashMap.newKeySet();

    public ConnectionPool() {
        super.setConnectionInitSql(SESSION);
    }

    /** Beside what each session needs, and after it. */
    @Override
    public void setConnectionInitSql(String sql) {
        super.setConnectionInitSql(SESSION + "; " + sql);
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = super.getConnection();
        if (lent.add(connection.unwrap(Connection.class))) {
            lent.removeIf(ConnectionPool::isClosed);
        }
        return connection;
    }

    private static boolean isClosed(Connection connection) {
        try {
            return connection.isClosed();
        } catch (SQLException _) {
            return true;
        }
    }

    /**
     * Fails whatever waits for an answer of the database, which would else be until the end of its socket's patience.
     */
    void abortAll() {
        for (Connection connection : lent) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException _) {
                // It was broken already.
            }
        }
        lent.clear();
    }
}
