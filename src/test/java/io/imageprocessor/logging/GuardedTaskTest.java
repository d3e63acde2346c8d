package io.imageprocessor.logging;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.job.JobMetersTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Covers a failure that cannot be logged; {@link JobMetersTest} covers the others. */
@ExtendWith(OutputCaptureExtension.class)
class GuardedTaskTest {

    @RegisterExtension
    final RecordedHalts halts = new RecordedHalts();

    private final GuardedTask task = new GuardedTask("counting");

    @Test
    void continuesIfLoggingFailsAndLogsTheNextFailure(CapturedOutput output) {
        task.run(() -> {
            throw new Unloggable();
        });
        assertThat(output).doesNotContain("counting failed");
        halts.assertHalted();

        task.run(() -> {
            throw new IllegalStateException("planted");
        });

        assertThat(output).containsOnlyOnce("counting failed; trying again").contains("planted");
    }

    /** Fails as if the heap were too full for the message. */
    @SuppressWarnings("serial")
    private static final class Unloggable extends RuntimeException {

        @Override
        public String getMessage() {
            throw new OutOfMemoryError("planted");
        }
    }
}
