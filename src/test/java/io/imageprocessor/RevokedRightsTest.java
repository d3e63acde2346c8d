package io.imageprocessor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.postgres.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The service loses a right, or the database becomes read-only, while the service runs. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {"imageprocessor.storage=postgres", "spring.lifecycle.timeout-per-shutdown-phase=100ms"})
@DirtiesContext
@ExtendWith(OutputCaptureExtension.class)
class RevokedRightsTest {

    private static final String READINESS = "/actuator/health/readiness";
    private static final String DATABASE = TestDatabase.create();
    private static final String NAME = DATABASE.replaceFirst("^.*/(test_\\d+)\\?.*$", "$1");
    private static final String ROLE = "service_of_" + NAME;
    private static final String JOB = """
            {"count": 1, "visits": [{"store_id": "S00339218", "visit_time": "2023-03-15", "image_url": ["x", "y"]}]}
            """;

    @LocalServerPort
    int port;

    private ApiClient client;

    @DynamicPropertySource
    static void useARoleWithoutOwnership(DynamicPropertyRegistry properties) throws SQLException {
        sql(
                "CREATE ROLE " + ROLE + " LOGIN",
                "GRANT ALL ON ALL TABLES IN SCHEMA public TO " + ROLE,
                "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO " + ROLE);
        properties.add("spring.datasource.url", () -> DATABASE.replaceFirst("user=[^&]*", "user=" + ROLE));
    }

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
                    ALTER DATABASE $name SET default_transaction_read_only = on \
                        | ALTER DATABASE $name RESET default_transaction_read_only | the database is read-only
                    """)
    void respondsUnavailableWithOneLogLineAndResumes(String change, String undo, String reason, CapturedOutput output)
            throws SQLException {
        client.finished(client.submitted(JOB));
        int before = output.getAll().length();

        sql(change);

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(client.get(READINESS).body()).isEqualTo("{\"status\":\"OUT_OF_SERVICE\"}"));
        assertThat(client.submit(JOB).statusCode()).isEqualTo(503);
        assertThat(client.get("/api/jobs").statusCode()).isEqualTo(503);
        assertThat(client.get("/actuator/health/liveness").statusCode()).isEqualTo(200);

        sql("SET default_transaction_read_only = off", undo);

        await().atMost(Duration.ofSeconds(20)).until(() -> client.get(READINESS).statusCode() == 200);
        client.finished(client.submitted(JOB));
        // Without the lines of PostgreSQL itself, which the test runs.
        assertThat(output.getAll()
                        .substring(before)
                        .lines()
                        .filter(line -> line.matches("\\S+ +(WARN|ERROR) .*|.* answers again .*")))
                .satisfiesExactly(
                        start -> assertThat(start).contains(" WARN ", "/" + NAME, reason),
                        end -> assertThat(end).containsPattern(" INFO .* answers again after \\d+ s"));
    }

    private static void sql(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(DATABASE);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql.replace("$role", ROLE).replace("$name", NAME));
            }
        }
    }
}
