package io.imageprocessor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Runs the two-minute form of {@code bench/soak}: good and rude clients use the packaged service together, on both
 * storages. Only {@code -Pfull} runs it, after all other tests. {@code -Dsoak.minutes=} sets another time.
 */
@Tag("soak")
class SoakTest {

    private static final Path JAR = Path.of("target", "image-processor.jar");
    private static final int MINUTES = Integer.getInteger("soak.minutes", 2);

    /** Warm-ups, starts and the expiry of jobs, on both storages, on a slow machine. */
    private static final Duration BESIDE = Duration.ofMinutes(20);

    /** Has a limit of its own, in place of that of all tests. */
    @Test
    @Timeout(value = 12, unit = TimeUnit.HOURS)
    void goodClientsNoticeNoRudeOnes() throws IOException, InterruptedException {
        assertThat(JAR).as("the jar that ./mvnw package builds").exists();
        Path folder = Files.createDirectories(Path.of("target", "soak"));
        Path output = folder.resolve("soak.log");
        // bench/soak writes this file too; the class path of the tests contains PostgreSQL.
        Files.writeString(folder.resolve("class-path"), System.getProperty("java.class.path"));
        Process soak = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx512m",
                        "bench/Soak.java",
                        JAR.toString(),
                        Integer.toString(MINUTES)))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            boolean ended = soak.waitFor(Duration.ofMinutes(2L * MINUTES).plus(BESIDE));

            String text = Files.readString(output);
            System.out.println(text);
            assertThat(ended).as("the soak has ended:%n%s", text).isTrue();
            assertThat(soak.exitValue()).as("exit code of the soak:%n%s", text).isZero();
        } finally {
            soak.destroy();
        }
    }
}
