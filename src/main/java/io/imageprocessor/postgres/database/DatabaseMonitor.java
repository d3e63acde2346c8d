package io.imageprocessor.postgres.database;

import io.imageprocessor.logging.FatalErrors;
import io.imageprocessor.logging.RateLimitedLog;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.logging.LoggingSystem;

/**
 * Checks once per second, over its own connection, whether the database answers and can be written. When it cannot,
 * waiting calls are aborted, and new calls can fail at once. While its disk is full, reads go on, but the service is
 * not ready. Logs one line at the start of an outage and one at its end. Thread-safe.
 */
@Slf4j
public final class DatabaseMonitor implements DatabaseState, AutoCloseable {

    /** SQL state. */
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** A session keeps the defaults of its start: only a new one shows that the database has become read-only. */
    private static final int CHECKS_PER_CONNECTION = 5;

    private static final String DISK_FULL = "53100";

    /** How long the disk counts as full after a failed write, if only such a write shows it. */
    private static final Duration MIN_FULL = Duration.ofSeconds(10);

    /** Timeout of a check, in seconds. Even a loaded database answers such a small query within a few milliseconds. */
    private static final String TIMEOUT = "1";

    private final ConnectionPool pool;
    private final DatabaseUrl url;
    private final OutageLogFilter logFilter;
    private final UsabilityCheck usability = new UsabilityCheck();
    private final RateLimitedLog faults = new RateLimitedLog(log);
    private final RateLimitedLog events = RateLimitedLog.ofEvents(log);
    private final Thread thread;

    /** Only the monitor's thread uses the fields up to {@link #fullSince}. */
    private @Nullable Connection connection;

    private int checks;

    /** The {@link System#nanoTime} of the begin of the last outage. */
    private long unavailableSince;

    /** When the full disk was reported, because an outage may begin and end meanwhile; null if it was not. */
    private @Nullable Long fullSince;

    private volatile boolean unavailable;

    /** The last write that failed; null if the disk was not full in the last check. */
    private volatile @Nullable FailedWrite full;

    private volatile boolean closed;

    /** @param time the {@link System#nanoTime} of the failure */
    private record FailedWrite(Throwable failure, long time) {}

    public DatabaseMonitor(ConnectionPool pool, DatabaseUrl url, LoggingSystem logging) {
        this.pool = pool;
        this.url = url;
        this.logFilter = new OutageLogFilter(logging);
        this.thread = Thread.ofPlatform().daemon().name("database-monitor").unstarted(this::run);
        thread.start();
    }

    @Override
    public boolean isUnavailable() {
        return unavailable;
    }

    @Override
    public boolean isReady() {
        return !unavailable && full == null;
    }

    @Override
    public void failed(Throwable failure) {
        String state = DatabaseFailure.lackOfResource(failure);
        if (DISK_FULL.equals(state)) {
            full = new FailedWrite(failure, System.nanoTime());
        } else if (state != null) {
            faults.warn("database {} lacks a resource: {}", url, DatabaseFailure.reason(failure));
        }
    }

    private void run() {
        while (!closed) {
            LockSupport.parkNanos(INTERVAL.toNanos());
            try {
                check();
            } catch (RuntimeException | Error e) {
                FatalErrors.haltIfFatal(e);
                // The next check may succeed.
                faults.error(e, "checking database {} failed; trying again", url);
            }
        }
        disconnect();
    }

    private void check() {
        if (++checks % CHECKS_PER_CONNECTION == 0) {
            renewConnection();
        }
        try {
            queryWithRetry();
            if (unavailable) {
                recovered();
            }
            checkSpace();
        } catch (SQLException e) {
            disconnect();
            lost(e);
        }
    }

    /** Keeps the connection if there is no new one: a busy database that still answers is not an outage. */
    private void renewConnection() {
        try {
            Connection next = connect();
            disconnect();
            connection = next;
        } catch (SQLException e) {
            log.debug("no new connection to database {}", url, e);
        }
    }

    /** Retries once over a new connection if an existing one fails: perhaps only that connection was closed. */
    private void queryWithRetry() throws SQLException {
        boolean reused = connection != null;
        try {
            query();
        } catch (SQLException e) {
            if (!reused) {
                throw e;
            }
            disconnect();
            query();
        }
    }

    private void query() throws SQLException {
        if (connection == null) {
            connection = connect();
        }
        usability.check(connection);
    }

    /** While the disk is full, tries to write. */
    private void checkSpace() {
        FailedWrite last = full;
        if (last == null || connection == null) {
            return;
        }
        Long since = fullSince;
        if (since == null) {
            since = System.nanoTime();
            fullSince = since;
            events.warn("database {} cannot be written: {}", url, DatabaseFailure.reason(last.failure()));
        }
        try {
            UsabilityCheck.checkSpace(connection);
        } catch (SQLException e) {
            log.debug("database {} cannot be written", url, e);
            // A role that may not create temporary tables learns only from the writes of calls whether there is space.
            if (!INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())
                    || System.nanoTime() - last.time() < MIN_FULL.toNanos()) {
                return;
            }
        }
        full = null;
        fullSince = null;
        events.info("database {} can be written again after {} s", url, secondsSince(since));
    }

    private static long secondsSince(long nanoTime) {
        return Duration.ofNanos(System.nanoTime() - nanoTime).toSeconds();
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
        properties.setProperty("connectTimeout", TIMEOUT);
        properties.setProperty("loginTimeout", TIMEOUT);
        properties.setProperty("socketTimeout", TIMEOUT);
        return DriverManager.getConnection(url.value(), properties);
    }

    private void disconnect() {
        try (Connection _ = connection) {
            connection = null;
        } catch (SQLException _) {
            // The connection is broken already.
        }
    }

    private void lost(SQLException reason) {
        if (unavailable || closed) {
            return;
        }
        unavailable = true;
        unavailableSince = System.nanoTime();
        logFilter.silence();
        events.warn("database {} does not answer: {}", url, DatabaseFailure.reason(reason));
        pool.abortAll();
    }

    /** Ends the outage once the pool has a connection again, so that the next calls do not wait for one. */
    private void recovered() throws SQLException {
        pool.getConnection().close();
        unavailable = false;
        logFilter.restore();
        events.info("database {} answers again after {} s", url, secondsSince(unavailableSince));
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
