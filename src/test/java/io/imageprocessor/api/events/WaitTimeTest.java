package io.imageprocessor.api.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.imageprocessor.api.RejectedException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WaitTimeTest {

    @ParameterizedTest
    @CsvSource({"30s, 30000", "500ms, 500", "1m, 60000", "30, 30000", "0, 0", "0s, 0", "60s, 60000", "60000ms, 60000"})
    void parsesTimesWithUnits(String text, long millis) {
        assertThat(WaitTime.parse(text)).isEqualTo(new WaitTime(Duration.ofMillis(millis)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "61s",
                "-1s",
                "61",
                "2m",
                "1h",
                "99999999999999999999s",
                "9223372036854775807d",
                "soon",
                "1.5s",
                "PT30S",
                "30 s"
            })
    void rejectsOtherTextAndNamesTheParameter(String text) {
        assertThatExceptionOfType(RejectedException.class)
                .isThrownBy(() -> WaitTime.parse(text))
                .withMessage("wait must be a time from 0s to 60s, such as 500ms, 30s or 1m");
    }

    @Test
    void ignoresCaseOfTheUnit() {
        assertThat(WaitTime.parse("30S")).isEqualTo(new WaitTime(Duration.ofSeconds(30)));
    }
}
