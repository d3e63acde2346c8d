package io.imageprocessor.postgres;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The connections to the database, all of which can be broken off at once. Thread-safe. */
final class ConnectionPool extends HikariDataSource {

    /** The driver's, not those of the pool around them: those that were lent, now or before; one that the pool has closed may stay until the next is new. */
    private final Set<Connection> lent = ConcurrentHashMap.newKeySet();

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

    /** Fails whatever waits for an answer of the database, which would else be until the end of its socket's patience. */
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
