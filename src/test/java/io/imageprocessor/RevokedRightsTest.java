package io.imageprocessor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.annotation.DirtiesContext.MethodMode;

/** The service loses a right, or the database becomes read-only, while the service runs. */
@OwnDatabase
@ExtendWith(OutputCaptureExtension.class)
class RevokedRightsTest {

    private static final Duration SOON = Duration.ofSeconds(40);
    private static final String READINESS = "/actuator/health/readiness";
    private static final String JOB = """
            {"count": 1, "visits": [{"store_id": "S00339218", "visit_time": "2023-03-15", "image_url": ["x", "y"]}]}
            """;

    @LocalServerPort
    int port;

    @Autowired
    ServiceDatabase database;

    private ApiClient client;

    @BeforeEach
    void connect() {
        client = new ApiClient(port);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    REVOKE INSERT ON image_result FROM $role | GRANT INSERT ON image_result TO $role \
                        | permission denied: INSERT on image_result
                    REVOKE ALL ON job FROM $role | GRANT ALL ON job TO $role \
                        | permission denied: DELETE on job, INSERT on job, SELECT on job, UPDATE on job
                    REVOKE USAGE ON SCHEMA public FROM PUBLIC | GRANT USAGE ON SCHEMA public TO PUBLIC \
                        | tables deleted, or no right to use their schema: image_result, job, job_store,
                    ALTER DATABASE $name SET default_transaction_read_only = on \
                        | ALTER DATABASE $name RESET default_transaction_read_only | the database is read-only
                    """)
    void respondsUnavailableWithOneLogLineAndResumes(String change, String undo, String reason, CapturedOutput output)
            throws SQLException {
        client.finished(client.submitted(JOB));
        int before = output.getAll().length();

        database.sql(change);

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(client.get(READINESS).body()).isEqualTo("{\"status\":\"OUT_OF_SERVICE\"}"));
        assertThat(client.submit(JOB).statusCode()).isEqualTo(503);
        assertThat(client.get("/api/jobs").statusCode()).isEqualTo(503);
        assertThat(client.get("/actuator/health/liveness").statusCode()).isEqualTo(200);

        database.sql("SET default_transaction_read_only = off", undo);

        await().atMost(Duration.ofSeconds(20)).until(() -> client.get(READINESS).statusCode() == 200);
        client.finished(client.submitted(JOB));
        // Without the lines of PostgreSQL itself, which the test runs.
        assertThat(output.getAll()
                        .substring(before)
                        .lines()
                        .filter(line -> line.matches("\\S+ +(WARN|ERROR) .*|.* answers again .*")))
                .satisfiesExactly(
                        start -> assertThat(start).contains(" WARN ", "/" + database.name(), reason),
                        end -> assertThat(end).containsPattern(" INFO .* answers again after \\d+ s"));
    }

    /** What libraries and the service log about each statement that fails until the service knows the outage. */
    @Test
    @DirtiesContext(methodMode = MethodMode.BEFORE_METHOD)
    void logsFewLinesWhileBusyClientsMeetTheOutage() throws SQLException {
        client.finished(client.submitted(JOB));
        try (LogLines lines = new LogLines(Level.INFO)) {
            try (BusyClients clients = new BusyClients(port)) {
                for (String table : List.of("job", "image_result", "scheduled_tasks", "submission_key", "job_store")) {
                    int accepted = clients.accepted();
                    await().atMost(SOON).until(() -> clients.accepted() > accepted + 20);

                    database.sql("REVOKE ALL ON " + table + " FROM $role");
                    await().atMost(SOON).until(() -> client.get(READINESS).statusCode() == 503);

                    database.sql("GRANT ALL ON " + table + " TO $role");
                    await().atMost(SOON).until(() -> client.get(READINESS).statusCode() == 200);
                }
                assertThat(clients.faults()).isEmpty();
                assertThat(clients.rejected()).isPositive();
            }
            assertThat(lines.inFile().stream().filter(line -> line.contains(" answers again ")))
                    .hasSizeGreaterThanOrEqualTo(5);
            assertThat(lines.inFile().stream()
                            .filter(line -> !line.matches(".* (answers again after|does not answer:) .*")))
                    .hasSizeLessThanOrEqualTo(10 * LogLines.begunMinutes(lines.all()));
        }
    }
}
