package io.imageprocessor.logging;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.job.JobMetersTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What {@link JobMetersTest} does not show: a failure that cannot even be told. */
@ExtendWith(OutputCaptureExtension.class)
class GuardedTaskTest {

    private final GuardedTask task = new GuardedTask("counting");

    @Test
    void goesOnWhereTheLogFailsTooAndTellsOfTheNextFailure(CapturedOutput output) {
        task.run(() -> {
            throw new Untellable();
        });
        assertThat(output).doesNotContain("counting failed");

        task.run(() -> {
            throw new IllegalStateException("planted");
        });

        assertThat(output).containsOnlyOnce("counting failed; trying again").contains("planted");
    }

    /** As it is where the heap has no room for the text. */
    @SuppressWarnings("serial")
    private static final class Untellable extends RuntimeException {

        @Override
        public String getMessage() {
            throw new OutOfMemoryError("planted");
        }
    }
}
