package io.imageprocessor.logging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class FatalErrorsTest {

    @RegisterExtension
    final RecordedHalts halts = new RecordedHalts();

    @ParameterizedTest
    @ValueSource(
            strings = {"Java heap space", "GC overhead limit exceeded", "Metaspace", "unable to create native thread"})
    void haltsAfterEveryOutOfMemoryError(String message, CapturedOutput output) {
        FatalErrors.haltIfFatal(new OutOfMemoryError(message));

        halts.assertHalted();
        assertThat(output)
                .containsOnlyOnce("process halted with exit code 3: java.lang.OutOfMemoryError: " + message)
                .doesNotContain("\tat ");
    }

    @Test
    void haltsAfterAnErrorThatIsACause() {
        FatalErrors.haltIfFatal(
                new CompletionException(new IllegalStateException(new OutOfMemoryError("expected by this test"))));

        halts.assertHalted();
    }

    @Test
    void haltsOnce() {
        FatalErrors.haltIfFatal(new OutOfMemoryError("expected by this test"));
        FatalErrors.haltIfFatal(new OutOfMemoryError("expected by this test"));

        halts.assertHalted();
    }

    @Test
    void haltsIfLoggingFails() {
        FatalErrors.haltIfFatal(new UnloggableOutOfMemoryError());

        halts.assertHalted();
    }

    @Test
    void doesNotHaltAfterOtherFailures() {
        Exception one = new IllegalStateException();
        Exception other = new IllegalStateException(one);
        one.initCause(other);

        FatalErrors.haltIfFatal(one);
        FatalErrors.haltIfFatal(new StackOverflowError());
        FatalErrors.haltIfFatal(new InternalError("expected by this test"));

        halts.assertNotHalted();
    }

    @ParameterizedTest
    @ValueSource(strings = {"caught", "platform", "virtual"})
    void endsAProcessWhoseHeapIsFull(String where) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx24m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FullHeap.class.getName(),
                        where)
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);

            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(output).isEqualTo(FatalErrors.EXIT_CODE);
            assertThat(output).contains("OutOfMemoryError").doesNotContain("still alive");
        } finally {
            process.destroyForcibly();
        }
    }

    /** A process that fills its heap: in a task that catches its failures, or on a thread that does not. */
    static final class FullHeap {

        private FullHeap() {}

        public static void main(String[] arguments) throws InterruptedException {
            FatalErrors.handleUncaught();
            Thread thread = switch (arguments[0]) {
                case "caught" -> Thread.ofPlatform().unstarted(() -> new GuardedTask("filling").run(FullHeap::fill));
                case "platform" -> Thread.ofPlatform().unstarted(FullHeap::fill);
                default -> Thread.ofVirtual().unstarted(FullHeap::fill);
            };
            thread.start();
            thread.join();
            System.out.println("still alive");
        }

        private static void fill() {
            List<byte[]> all = new ArrayList<>();
            while (!all.contains(new byte[0])) {
                all.add(new byte[100_000]);
            }
        }
    }

    /** Fails as if the heap were too full even for its text. */
    @SuppressWarnings({"serial", "OverrideThrowableToString"})
    private static final class UnloggableOutOfMemoryError extends OutOfMemoryError {

        @Override
        public String toString() {
            throw new OutOfMemoryError("expected by this test");
        }
    }
}
