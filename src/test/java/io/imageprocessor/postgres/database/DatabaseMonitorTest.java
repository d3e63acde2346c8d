package io.imageprocessor.postgres.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.Mockito.mock;

import ch.qos.logback.classic.Level;
import io.imageprocessor.LogLines;
import io.imageprocessor.postgres.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.logging.LoggingSystem;

/** The connection of the monitor, which it renews so that it sees what only new sessions see. */
class DatabaseMonitorTest {

    private static final Duration SOON = Duration.ofSeconds(40);

    private final String superuser = TestDatabase.create();
    private final String name = superuser.replaceFirst("^.*/(test_\\d+)\\?.*$", "$1");
    private final String role = "monitor_of_" + name;
    private final String url = superuser.replaceFirst("user=[^&]*", "user=" + role);
    private final ConnectionPool pool = new ConnectionPool();
    private final DatabaseMonitor monitor;

    DatabaseMonitorTest() throws SQLException {
        sql("CREATE ROLE " + role + " LOGIN", "GRANT ALL ON ALL TABLES IN SCHEMA public TO " + role);
        pool.setJdbcUrl(url);
        pool.addDataSourceProperty("ApplicationName", "monitored");
        monitor = new DatabaseMonitor(pool, DatabaseUrl.of(url), mock(LoggingSystem.class));
    }

    @AfterEach
    void close() {
        monitor.close();
        pool.close();
    }

    @Test
    void renewsItsConnectionAndClosesTheOldOne() throws SQLException {
        await().atMost(SOON).until(() -> sessions().size() == 1);
        int first = sessions().getFirst();

        await().atMost(SOON).until(() -> sessions().size() == 1 && !sessions().contains(first));

        assertThat(monitor.isUnavailable()).isFalse();
    }

    @Test
    void keepsItsConnectionWhileTheDatabaseGivesNoNewOne() throws SQLException {
        await().atMost(SOON).until(() -> sessions().size() == 1);
        sql("ALTER ROLE " + role + " NOLOGIN");
        int kept = sessions().getFirst();
        long before = lastCheck();

        // More than five checks: at least one of them tried to renew the connection.
        await().atMost(SOON).until(() -> lastCheck() >= before + 7);

        assertThat(sessions()).containsExactly(kept);
        assertThat(monitor.isUnavailable()).isFalse();

        sql("ALTER ROLE " + role + " LOGIN");
        await().atMost(SOON).until(() -> sessions().size() == 1 && !sessions().contains(kept));
    }

    @Test
    void findsASettingThatOnlyNewSessionsHave() throws SQLException {
        await().atMost(SOON).until(() -> sessions().size() == 1);

        sql("ALTER ROLE " + role + " SET default_transaction_read_only = on");

        await().atMost(SOON).until(monitor::isUnavailable);
    }

    @Test
    void reportsTheWholeTimeOfAFullDiskInSpiteOfAnOutageMeanwhile() throws SQLException {
        sql(
                """
                CREATE FUNCTION full_disk() RETURNS event_trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$
                """,
                "CREATE EVENT TRIGGER full_disk ON ddl_command_start WHEN TAG IN ('CREATE TABLE AS')"
                        + " EXECUTE FUNCTION full_disk()");
        try (LogLines lines = new LogLines(Level.INFO)) {
            monitor.failed(new SQLException("No space left on device", "53100"));
            await().atMost(SOON).until(() -> lines.messages().stream().anyMatch(line -> line.contains("be written:")));
            long full = System.nanoTime();
            await().atMost(SOON).during(Duration.ofSeconds(2)).until(() -> !monitor.isReady());
            sql("ALTER ROLE " + role + " SET default_transaction_read_only = on");
            await().atMost(SOON).until(monitor::isUnavailable);
            sql("ALTER ROLE " + role + " RESET default_transaction_read_only");
            await().atMost(SOON).until(() -> !monitor.isUnavailable());
            assertThat(monitor.isReady()).isFalse();

            long seconds = Duration.ofNanos(System.nanoTime() - full).toSeconds();
            sql("DROP EVENT TRIGGER full_disk");
            await().atMost(SOON).until(monitor::isReady);

            await().untilAsserted(() -> assertThat(lines.messages())
                    .last()
                    .asString()
                    .containsPattern("can be written again after \\d+ s")
                    .satisfies(line -> assertThat(Long.parseLong(line.replaceAll("^.* after (\\d+) s$", "$1")))
                            .isGreaterThanOrEqualTo(seconds)));
        }
    }

    /** Then only failed writes show whether there is space. */
    @Test
    void isNotReadyForSomeTimeIfTheRoleCannotCreateTemporaryTables() throws SQLException {
        sql("REVOKE TEMPORARY ON DATABASE " + name + " FROM PUBLIC");
        try (LogLines lines = new LogLines(Level.INFO)) {
            monitor.failed(new SQLException("No space left on device", "53100"));

            await().atMost(SOON).during(Duration.ofSeconds(4)).until(() -> !monitor.isReady());
            await().atMost(SOON).until(monitor::isReady);

            await().untilAsserted(() ->
                    assertThat(lines.messages()).hasSize(2).last().asString().contains("written again"));
        }
    }

    private List<Integer> sessions() throws SQLException {
        try (Connection connection = DriverManager.getConnection(superuser);
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "SELECT pid FROM pg_stat_activity WHERE usename = '%s'".formatted(role))) {
            List<Integer> sessions = new ArrayList<>();
            while (rows.next()) {
                sessions.add(rows.getInt(1));
            }
            return sessions;
        }
    }

    /** Returns the second in which the last check began; checks are a second apart. */
    private long lastCheck() throws SQLException {
        try (Connection connection = DriverManager.getConnection(superuser);
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "SELECT extract(epoch FROM max(query_start))::bigint FROM pg_stat_activity WHERE usename = '%s'"
                                .formatted(role))) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private void sql(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(superuser);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
