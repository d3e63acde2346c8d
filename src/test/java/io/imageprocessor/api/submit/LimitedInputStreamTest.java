package io.imageprocessor.api.submit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.imageprocessor.api.RejectedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class LimitedInputStreamTest {

    private static final Duration ENOUGH = Duration.ofHours(1);

    @Test
    void passesABodyOfTheLargestSize() throws IOException {
        assertThat(body(10, ENOUGH).readAllBytes()).hasSize(10);
    }

    @Test
    void rejectsABodyThatIsTooLarge() {
        assertThatExceptionOfType(RejectedException.class)
                .isThrownBy(() -> body(11, ENOUGH).readAllBytes());
        assertThatExceptionOfType(RejectedException.class).isThrownBy(() -> {
            LimitedInputStream body = body(11, ENOUGH);
            while (body.read() >= 0) {
                // Read to the end.
            }
        });
    }

    @Test
    void rejectsABodyThatTakesTooLong() {
        assertThatExceptionOfType(RejectedException.class)
                .isThrownBy(() -> body(10, Duration.ZERO).readAllBytes())
                .withMessage("the body did not arrive within 0 seconds");
    }

    @Test
    void ignoresTheTimeAfterTheEndOfTheBody() throws IOException {
        assertThat(body(0, Duration.ZERO).readAllBytes()).isEmpty();
    }

    private static LimitedInputStream body(int length, Duration time) {
        return new LimitedInputStream(new ByteArrayInputStream(new byte[length]), DataSize.ofBytes(10), time);
    }
}
