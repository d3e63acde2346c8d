package io.imageprocessor.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import ch.qos.logback.classic.Level;
import io.imageprocessor.LogLines;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutOfMemoryNoticeTest {

    @Test
    void logsOneLineWithoutTheFlags() {
        try (LogLines log = new LogLines(Level.INFO)) {
            new OutOfMemoryNotice(_ -> "false").report();

            assertThat(log.messages())
                    .containsExactly("start with -XX:+ExitOnOutOfMemoryError:"
                            + " otherwise an OutOfMemoryError in a library does not end the process");
        }
    }

    @Test
    void logsNothingWithOneOfTheFlags() {
        try (LogLines log = new LogLines(Level.INFO)) {
            for (String set : List.of("ExitOnOutOfMemoryError", "CrashOnOutOfMemoryError")) {
                new OutOfMemoryNotice(flag -> Boolean.toString(flag.equals(set))).report();
            }

            assertThat(log.messages()).isEmpty();
        }
    }

    @Test
    void knowsTheFlagsOfThisJvm() {
        assertThatCode(() -> new OutOfMemoryNotice().report()).doesNotThrowAnyException();
    }
}
