package io.imageprocessor.postgres.database;

import io.imageprocessor.logging.RateLimitedLog;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

/**
 * Looks once a second whether the database answers, over a connection of its own. While it does not, nobody needs to
 * try: whoever waits for it is let go, and whoever comes is told at once. One line of the log says when it went, and
 * one when it is back. Thread-safe.
 */
@Slf4j
public final class DatabaseMonitor implements AutoCloseable {

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    /**
     * Seconds in which the database must answer; a loaded one still answers a question as small as this in a few ms.
     */
    private static final String PATIENCE = "1";

    private final ConnectionPool pool;
    private final DatabaseUrl url;
    private final OutageLogFilter libraries;
    private final RateLimitedLog faults = new RateLimitedLog(log);
    private final Thread thread;

    /** Used by the thread alone, as is {@link #since}. */
    private @Nullable Connection connection;

    private long since;
    private volatile boolean away;
    private volatile boolean closed;

    public DatabaseMonitor(ConnectionPool pool, DatabaseUrl url, OutageLogFilter libraries) {
        this.pool = pool;
        this.url = url;
        this.libraries = libraries;
        this.thread = Thread.ofPlatform().daemon().name("database-watch").unstarted(this::run);
        thread.start();
    }

    /** Whether the database did not answer when it was last asked. Never waits. */
    public boolean isAway() {
        return away;
    }

    private void run() {
        while (!closed) {
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            try {
                look();
            } catch (RuntimeException | Error e) {
                // For example out of memory; the next check may succeed.
                faults.error(e, "checking database {} failed; trying again", url);
            }
        }
        disconnect();
    }

    private void look() {
        try {
            askTwice();
            if (away) {
                comeBack();
            }
        } catch (SQLException e) {
            disconnect();
            leave(e);
        }
    }

    /** The second time over a new connection, if one that was there fails: it alone may have been ended. */
    private void askTwice() throws SQLException {
        boolean mayBeBroken = connection != null;
        try {
            ask();
        } catch (SQLException e) {
            if (!mayBeBroken) {
                throw e;
            }
            disconnect();
            ask();
        }
    }

    private void ask() throws SQLException {
        if (connection == null) {
            connection = connect();
        }
        try (Statement statement = connection.createStatement();
                ResultSet standby = statement.executeQuery("SELECT pg_is_in_recovery()")) {
            if (standby.next() && standby.getBoolean(1)) {
                throw new SQLTransientConnectionException("it is a standby, and takes no writes");
            }
        }
    }

    private Connection connect() throws SQLException {
        Properties properties = new Properties();
        pool.getDataSourceProperties().forEach((name, value) -> properties.setProperty("" + name, "" + value));
        if (pool.getUsername() != null) {
            properties.setProperty("user", pool.getUsername());
        }
        if (pool.getPassword() != null) {
            properties.setProperty("password", pool.getPassword());
        }
        properties.setProperty("connectTimeout", PATIENCE);
        properties.setProperty("loginTimeout", PATIENCE);
        properties.setProperty("socketTimeout", PATIENCE);
        return DriverManager.getConnection(url.value(), properties);
    }

    private void disconnect() {
        try (Connection _ = connection) {
            connection = null;
        } catch (SQLException _) {
            // It was broken already.
        }
    }

    private void leave(SQLException reason) {
        if (away || closed) {
            return;
        }
        away = true;
        since = System.nanoTime();
        libraries.silence();
        log.warn("the database {} does not answer: {}", url, DatabaseFailure.reason(reason));
        pool.abortAll();
    }

    /** Only when the pool has a connection again: those who come then are not to wait for one. */
    private void comeBack() throws SQLException {
        pool.getConnection().close();
        away = false;
        libraries.restore();
        log.info(
                "the database {} answers again, after {} s",
                url,
                Duration.ofNanos(System.nanoTime() - since).toSeconds());
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
