package io.imageprocessor.postgres.database;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Pools the connections to the database, and can abort all of them at once. Thread-safe. */
public final class ConnectionPool extends HikariDataSource {

    /**
     * Settings of each session. A replica that stalls in a transaction must not keep its locks. A statement must time
     * out before the driver's socketTimeout closes the connection. A plan for an empty table must not be reused after a
     * job of a million images has filled it. They are statements, because PgBouncer rejects options of a connection.
     */
    private static final String SESSION = "SET idle_in_transaction_session_timeout = '10s';"
            + " SET statement_timeout = '25s';"
            + " SET plan_cache_mode = force_custom_plan";

    /**
     * All connections of the driver, not the pool's wrappers. Closed ones are removed when the pool opens a new one.
     */
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

    public ConnectionPool() {
        super.setConnectionInitSql(SESSION);
    }

    /** Adds a statement after the settings that each session needs. */
    @Override
    public void setConnectionInitSql(String sql) {
        super.setConnectionInitSql(SESSION + "; " + sql);
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = super.getConnection();
        if (connections.add(connection.unwrap(Connection.class))) {
            connections.removeIf(ConnectionPool::isClosed);
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
     * Aborts all connections. Calls that wait for the database fail at once, and not only at their socket's timeout.
     */
    void abortAll() {
        for (Connection connection : connections) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException _) {
                // The connection is broken already.
            }
        }
        connections.clear();
    }
}
