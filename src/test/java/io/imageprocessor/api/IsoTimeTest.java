package io.imageprocessor.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IsoTimeTest {

    @ParameterizedTest
    @CsvSource({
        "2023-03-15T14:30:00Z, 2023-03-15T14:30:00Z",
        "2023-03-15T14:30:00, 2023-03-15T14:30:00Z",
        "2023-03-15T14:30, 2023-03-15T14:30:00Z",
        "2023-03-15T14:30:00.123456, 2023-03-15T14:30:00.123456Z",
        "2023-03-15T14:30:00+05:30, 2023-03-15T09:00:00Z",
        "2023-03-15T14:30:00-0330, 2023-03-15T18:00:00Z",
        "2023-03-15T14:30:00+02, 2023-03-15T12:30:00Z",
        "2023-03-15, 2023-03-15T00:00:00Z",
        "2024-02-29, 2024-02-29T00:00:00Z"
    })
    void parsesIso8601InUtcByDefault(String text, Instant instant) {
        assertThat(IsoTime.parse(text)).contains(instant);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "now",
                "2023",
                "2023-03",
                "2023-3-15",
                "15-03-2023",
                "2023-02-29",
                "2023-03-15 14:30:00",
                "2023-03-15T25:00:00Z",
                "2023-03-15T14:30:00Z ",
                "2023-03-15T14:30:00+99:00",
                "2023-03-15Z",
                "2023-03-15T14:30:00 UTC",
                "T14:30:00Z",
                "-0001-03-15",
                "+12023-03-15",
                "+999999999-12-31T23:59:59-18:00"
            })
    void rejectsOtherText(String text) {
        assertThat(IsoTime.parse(text)).isEmpty();
    }
}
