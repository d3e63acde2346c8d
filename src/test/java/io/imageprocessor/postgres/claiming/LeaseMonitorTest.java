package io.imageprocessor.postgres.claiming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.atLeast;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.spy;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import ch.qos.logback.classic.Level;
import io.imageprocessor.LogLines;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.postgres.TestDatabase;
import io.imageprocessor.postgres.database.ConnectionPool;
import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.database.DatabaseState;
import io.imageprocessor.postgres.reading.SliceKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class LeaseMonitorTest {

    private final ConnectionPool pool = new ConnectionPool();
    private final Database database;

    LeaseMonitorTest() {
        pool.setDataSource(TestDatabase.dataSource());
        database = new Database(new JdbcTemplate(pool), new TransactionTemplate(new JdbcTransactionManager(pool)));
    }

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void treatsOldClaimsAsDeadWhileAllConnectionsAreBusy() throws Exception {
        pool.setMaximumPoolSize(1);
        pool.setConnectionTimeout(500);
        try (Connection _ = pool.getConnection();
                LeaseMonitor monitor = monitor()) {
            await().during(Duration.ofMillis(1_500)).until(() -> !mayBeAlive(monitor));
        }
    }

    @ParameterizedTest
    @CsvSource({"57014, true", "08006, false"})
    void logsOnlyWhatTheDatabaseMonitorDoesNotReport(String sqlState, boolean logged) {
        Database failing = mock();
        when(failing.isReady()).thenReturn(true);
        when(failing.execute(any()))
                .thenThrow(new StorageUnavailableException(new SQLException("expected by this test", sqlState)));
        try (LogLines log = new LogLines(Level.INFO);
                LeaseMonitor _ = new LeaseMonitor(
                        failing, new SliceLeases(1), mock(), Duration.ofSeconds(1), Duration.ofSeconds(1))) {
            verify(failing, timeout(20_000).atLeast(3)).execute(any());

            assertThat(log.messages()).hasSize(logged ? 1 : 0);
        }
    }

    @Test
    void treatsNoClaimAsDeadDuringAndShortlyAfterSlowAnswers() throws Exception {
        try (Connection other = pool.getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE scheduled_tasks");
            try (LeaseMonitor monitor = monitor()) {
                assertThat(mayBeAlive(monitor)).isFalse();
                await().until(() -> mayBeAlive(monitor));
                other.rollback();
                await().during(Duration.ofMillis(500)).until(() -> mayBeAlive(monitor));
            }
        }
    }

    @Test
    void treatsNoClaimAsDeadWhileTheDiskIsFullAndShortlyAfter() {
        DatabaseState state = mock();
        Database monitored =
                new Database(new JdbcTemplate(pool), new TransactionTemplate(new JdbcTransactionManager(pool)), state);
        when(state.isReady()).thenReturn(true);
        try (LeaseMonitor monitor = monitor(monitored)) {
            assertThat(mayBeAlive(monitor)).isFalse();

            when(state.isReady()).thenReturn(false);
            assertThat(mayBeAlive(monitor)).isTrue();
            verify(state, timeout(20_000).atLeast(10)).isReady();

            when(state.isReady()).thenReturn(true);
            await().during(Duration.ofMillis(500)).until(() -> mayBeAlive(monitor));
        }
    }

    @Test
    void endsALeaseThatHasNoClaimForTheSecondTime() {
        new JdbcTemplate(pool)
                .update("INSERT INTO job (id, submitted_at, images, downloadable, state)"
                        + " VALUES (1, now(), 1, 1, 'ongoing')");
        Database watched = spy(database);
        SliceLeases leases = new SliceLeases(Long.MAX_VALUE);
        SliceLease lease = new SliceLease(new SliceKey(new JobId(1), 0), 1, true);
        leases.add(lease);

        try (LeaseMonitor _ = new LeaseMonitor(watched, leases, mock(), Duration.ofSeconds(1), Duration.ofMinutes(1))) {
            assertThat(lease.await()).isEqualTo(SliceLease.End.LOST);
        }

        verify(watched, atLeast(2)).execute(any());
    }

    private LeaseMonitor monitor() {
        return monitor(database);
    }

    private static LeaseMonitor monitor(Database database) {
        return new LeaseMonitor(
                database, new SliceLeases(Long.MAX_VALUE), mock(), Duration.ofSeconds(1), Duration.ofMinutes(1));
    }

    private static boolean mayBeAlive(LeaseMonitor monitor) {
        return monitor.mayBeAlive(new SliceKey(new JobId(1), 0), 1);
    }
}
