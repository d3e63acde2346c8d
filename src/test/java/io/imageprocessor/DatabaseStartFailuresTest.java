package io.imageprocessor;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.postgres.TestDatabase;
import io.imageprocessor.startup.StartFailureReporterTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.io.ClassPathResource;

/** The line about an unusable database at the start: it has the database and the reason, and no password. */
@ExtendWith(OutputCaptureExtension.class)
class DatabaseStartFailuresTest {

    private static final String PASSWORD = "hush-hush";

    /** The rest of a start, on a busy machine. */
    private static final Duration MAX_START_TIME = Duration.ofSeconds(15);

    @Test
    void reportsMissingUrl(CapturedOutput output) {
        assertThat(StartFailureReporterTest.whyServiceDoesNotStart(output, "imageprocessor.storage=postgres"))
                .isEqualTo("imageprocessor.storage=postgres needs spring.datasource.url, such as "
                        + "jdbc:postgresql://localhost:5432/images; "
                        + "the profile local-postgres starts its own database");
    }

    /** The start makes one attempt to connect. Without its timeout, it would fail only after the socket timeout. */
    @Test
    void timesOutOnSilentDatabase(CapturedOutput output) throws IOException {
        Duration bound = driverTimeout("loginTimeout").plus(MAX_START_TIME);
        assertThat(bound).isLessThan(driverTimeout("socketTimeout"));
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            long start = System.nanoTime();
            String url = "127.0.0.1:" + silent.getLocalPort() + "/images";
            assertThat(why("jdbc:postgresql://" + url, output))
                    .startsWith("the database " + url + " cannot be used: ")
                    .contains("timed out");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(bound);
        }
    }

    @Test
    void reportsUserWithWrongPassword(CapturedOutput output) throws Exception {
        String url = TestDatabase.create();
        run(url, "CREATE ROLE guarded LOGIN PASSWORD 'right'");
        requirePasswordOf("guarded", url);
        assertThat(why(url.replace("user=postgres", "user=guarded&password=" + PASSWORD), output))
                .endsWith("cannot be used: password authentication failed for user \"guarded\"");
    }

    /** Returns a timeout of PostgreSQL's driver, as application.yaml configures it in seconds. */
    private static Duration driverTimeout(String name) {
        var yaml = new YamlPropertiesFactoryBean();
        yaml.setResources(new ClassPathResource("application.yaml"));
        Object seconds =
                Objects.requireNonNull(yaml.getObject()).get("spring.datasource.hikari.data-source-properties." + name);
        return Duration.ofSeconds(Long.parseLong(String.valueOf(seconds)));
    }

    private static String why(String url, CapturedOutput output) {
        String line = StartFailureReporterTest.whyServiceDoesNotStart(
                output, "imageprocessor.storage=postgres", "spring.datasource.url=" + url);
        assertThat(output.getAll()).doesNotContain("hush");
        return line;
    }

    private static void run(String url, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The server of the tests needs no passwords otherwise. */
    private static void requirePasswordOf(String role, String url) throws SQLException, IOException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet file = statement.executeQuery("SHOW hba_file")) {
            file.next();
            Path rules = Path.of(file.getString(1));
            Files.writeString(rules, "host all " + role + " all scram-sha-256\n" + Files.readString(rules));
        }
        run(url, "SELECT pg_reload_conf()");
    }
}
