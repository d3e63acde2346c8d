package io.imageprocessor.postgres.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobState;
import io.imageprocessor.job.JobStatus;
import io.imageprocessor.postgres.TestDatabase;
import io.imageprocessor.postgres.TestReplica;
import io.imageprocessor.postgres.UnusableDatabaseException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.Locale;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

class SchemaMigrationTest {

    @Test
    void rejectsUnsupportedServerVersion() {
        assertThat(why(TestDatabase.create(), 99))
                .matches("the database localhost:\\d+/test_\\d+ is PostgreSQL 18; version 99 or newer is required");
    }

    @ParameterizedTest
    @ValueSource(strings = {"LATIN1", "SQL_ASCII"})
    void rejectsAnEncodingThatCannotStoreAllText(String encoding) throws SQLException {
        String url = TestDatabase.create();
        run(url, "CREATE DATABASE %1$s ENCODING %1$s LOCALE 'C' TEMPLATE template0".formatted(encoding));

        assertThat(why(url.replaceFirst("/test_\\d+", "/" + encoding.toLowerCase(Locale.ROOT))))
                .endsWith(" has the encoding %s; UTF8 is required".formatted(encoding));
    }

    @Test
    void reportsUnknownHost() {
        assertThat(why("jdbc:postgresql://no-such-host.invalid:5432/images"))
                .isEqualTo("the database no-such-host.invalid:5432/images cannot be used: unknown host");
    }

    @Test
    void reportsRefusedConnection() {
        assertThat(why("jdbc:postgresql://localhost:1/images?password=hush"))
                .startsWith("the database localhost:1/images cannot be used: Connection to localhost:1 refused");
    }

    @Test
    void reportsMissingDatabase() {
        String url = TestDatabase.create().replaceFirst("/test_\\d+", "/nowhere");
        assertThat(why(url)).endsWith("/nowhere cannot be used: database \"nowhere\" does not exist");
    }

    @Test
    void reportsMissingPermissionToCreateTables() throws SQLException {
        String url = TestDatabase.create();
        run(url, "CREATE ROLE reader LOGIN", "CREATE DATABASE untouched");
        assertThat(why(url.replaceFirst("/test_\\d+", "/untouched").replace("user=postgres", "user=reader")))
                .endsWith("cannot be migrated: permission denied for schema public");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    INSERT INTO flyway_schema_history \
                        VALUES (99, '99', 'later', 'SQL', 'V99__later.sql', 1, 'x', now(), 1, true) \
                        | has schema version 99 of a newer program; this one supports version
                    UPDATE flyway_schema_history SET checksum = 7 \
                        | has a schema whose migration 1 differs from that of this program
                    UPDATE flyway_schema_history SET success = false | has a schema whose migration 1 failed
                    """)
    void rejectsForeignSchema(String change, String reason) throws SQLException {
        String url = TestDatabase.create();
        run(url, change);
        assertThat(why(url)).contains(reason);
    }

    @Test
    void migratesFirstSchemaVersionAndKeepsItsJobs() throws SQLException {
        String newUrl = TestDatabase.create();
        run(newUrl, "CREATE DATABASE old");
        String url = newUrl.replaceFirst("/test_\\d+", "/old");
        PGSimpleDataSource old = new PGSimpleDataSource();
        old.setUrl(url);
        Flyway.configure().dataSource(old).target("1").load().migrate();
        run(url, """
                INSERT INTO job (id, submitted_at, label, images, downloadable, succeeded, state, finished_at)
                VALUES (7, now(), 'from before', 2, 2, 2, 'completed', now())""");

        new SchemaMigration(old, DatabaseUrl.of(url))
                .migrate(Flyway.configure().dataSource(old).load());

        try (TestReplica replica = new TestReplica(old, Clock.systemUTC())) {
            JobStatus job = replica.queries.status(new JobId(7)).orElseThrow();
            assertThat(job.state()).isEqualTo(JobState.COMPLETED);
            assertThat(job.metadata().label()).contains("from before");
            assertThat(job.metadata().traceParent()).isEmpty();
        }
    }

    private static String why(String url) {
        return why(url, SchemaMigration.OLDEST_SERVER);
    }

    private static String why(String url, int oldestServer) {
        try (ConnectionPool pool = new ConnectionPool()) {
            pool.setJdbcUrl(url);
            SchemaMigration migration = new SchemaMigration(pool, DatabaseUrl.of(url), oldestServer);
            Flyway flyway = Flyway.configure().dataSource(pool).load();
            return String.valueOf(catchThrowableOfType(UnusableDatabaseException.class, () -> migration.migrate(flyway))
                    .getMessage());
        }
    }

    private static void run(String url, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
