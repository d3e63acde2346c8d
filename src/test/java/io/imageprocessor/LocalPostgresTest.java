package io.imageprocessor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.imageprocessor.startup.StartFailureReporterTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Runs the profile local-postgres with processes that stop normally and processes that are killed. */
@ExtendWith(OutputCaptureExtension.class)
class LocalPostgresTest {

    @TempDir
    Path folder;

    @Test
    void keepsJobsAcrossStopsAndKillsAndRequiresItsPassword(CapturedOutput output) throws Exception {
        String id;
        String status;
        try (ServiceProcess first = start()) {
            id = first.client.submitted("""
                    {"count": 1, "visits": [{"store_id": "S00000000", "visit_time": "2023-03-15", "image_url": ["x"]}]}
                    """);
            status = first.client.finished(id);
            assertThat(StartFailureReporterTest.whyServiceDoesNotStart(
                            output, "spring.profiles.active=local-postgres", folderSetting()))
                    .isEqualTo("imageprocessor.local-postgres.folder is %s, ".formatted(data())
                            + "but no database can start there: another service uses it");
            assertThatConnectionsNeedThePassword();
            first.terminate();
            first.exitCode();
        }
        try (ServiceProcess killed = start()) {
            assertThat(killed.client.status(id).body()).isEqualTo(status);
            killed.kill();
        }
        try (ServiceProcess last = start()) {
            assertThat(last.client.status(id).body()).isEqualTo(status);
            last.terminate();
            last.exitCode(Duration.ofSeconds(30));
        }
        assertThat(data().resolve("18/postmaster.pid")).doesNotExist();
    }

    /** Only its user can read the password. */
    private void assertThatConnectionsNeedThePassword() throws IOException {
        List<String> pid = Files.readAllLines(data().resolve("18/postmaster.pid"));
        String url = "jdbc:postgresql://127.0.0.1:%s/postgres?user=postgres".formatted(pid.get(3));
        assertThatThrownBy(() -> DriverManager.getConnection(url)).hasMessageContaining("password");
        assertThat(pid.get(4)).as("folder of sockets").isEmpty();
        assertThat(Files.getPosixFilePermissions(data().resolve("password")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void rejectsAnotherStorage(CapturedOutput output) {
        assertThat(StartFailureReporterTest.whyServiceDoesNotStart(
                        output, "spring.profiles.active=local-postgres", "imageprocessor.storage=memory"))
                .isEqualTo("imageprocessor.storage cannot be memory in the profile local-postgres");
    }

    @Test
    void rejectsAnotherDatabaseUrl(CapturedOutput output) {
        assertThat(StartFailureReporterTest.whyServiceDoesNotStart(
                        output,
                        "spring.profiles.active=local-postgres",
                        "spring.datasource.url=jdbc:postgresql://db/images?password=hush-hush"))
                .isEqualTo("spring.datasource.url cannot be set in the profile local-postgres,"
                        + " which starts its own database");
    }

    private ServiceProcess start() throws IOException {
        return ServiceProcess.start(folder, "spring.profiles.active=local-postgres", folderSetting());
    }

    private String folderSetting() {
        return "imageprocessor.local-postgres.folder=" + data();
    }

    private Path data() {
        return folder.resolve("data");
    }
}
