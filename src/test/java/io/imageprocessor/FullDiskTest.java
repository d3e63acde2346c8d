package io.imageprocessor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The disk of the database is full: triggers fail with the SQL state that PostgreSQL reports then. */
@OwnDatabase
@ExtendWith(OutputCaptureExtension.class)
class FullDiskTest {

    private static final String READINESS = "/actuator/health/readiness";
    private static final String JOB = """
            {"count": 1, "visits": [{"store_id": "S00339218", "visit_time": "2023-03-15", "image_url": ["x", "y"]}]}
            """;

    @LocalServerPort
    int port;

    @Autowired
    ServiceDatabase database;

    @Test
    void isNotReadyWithOneLogLineAndStillAnswersReads(CapturedOutput output) throws SQLException {
        ApiClient client = new ApiClient(port);
        client.finished(client.submitted(JOB));
        int before = output.getAll().length();
        database.sql(
                """
                CREATE FUNCTION full_table() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
                END $$
                """,
                """
                CREATE FUNCTION full_disk() RETURNS event_trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
                END $$
                """,
                "CREATE TRIGGER full_table BEFORE INSERT ON job EXECUTE FUNCTION full_table()",
                "CREATE EVENT TRIGGER full_disk ON ddl_command_start WHEN TAG IN ('CREATE TABLE AS')"
                        + " EXECUTE FUNCTION full_disk()");

        assertThat(client.submit(JOB).statusCode()).isEqualTo(503);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(client.get(READINESS).body()).isEqualTo("{\"status\":\"OUT_OF_SERVICE\"}"));
        assertThat(client.submit(JOB).statusCode()).isEqualTo(503);
        assertThat(client.get("/api/jobs").statusCode()).isEqualTo(200);
        assertThat(client.get("/actuator/health/liveness").statusCode()).isEqualTo(200);

        database.sql("DROP EVENT TRIGGER full_disk", "DROP TRIGGER full_table ON job");

        await().atMost(Duration.ofSeconds(20)).until(() -> client.get(READINESS).statusCode() == 200);
        client.finished(client.submitted(JOB));
        assertThat(output.getAll()
                        .substring(before)
                        .lines()
                        .filter(line -> line.matches("\\S+ +(WARN|ERROR) .*|.* can be written again .*")))
                .satisfiesExactly(
                        start -> assertThat(start)
                                .contains(
                                        " WARN ", "cannot be written: could not extend file: No space left on device"),
                        end -> assertThat(end).containsPattern(" INFO .* can be written again after \\d+ s"));
    }
}
