package io.imageprocessor.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

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
        "2023-03-15T14:30:00-00:00, 2023-03-15T14:30:00Z",
        "2023-03-15, 2023-03-15T00:00:00Z",
        "2024-02-29, 2024-02-29T00:00:00Z"
    })
    void parsesIso8601InUtcByDefault(String text, Instant instant) {
        assertThat(IsoTime.parse(text)).isEqualTo(instant);
    }

    @ParameterizedTest
    @CsvSource({
        "2023-03-15t14:30:00z, 2023-03-15T14:30:00Z",
        "2023-03-15t14:30:00+05:30, 2023-03-15T09:00:00Z",
        "2023-03-15t14:30, 2023-03-15T14:30:00Z",
        "2023-03-15T14:30z, 2023-03-15T14:30:00Z"
    })
    void ignoresTheCaseOfBothLetters(String text, Instant instant) {
        assertThat(IsoTime.parse(text)).isEqualTo(instant);
    }

    @ParameterizedTest
    @CsvSource({
        "2023-03-15 14:30:00, 2023-03-15T14:30:00Z",
        "2023-03-15 14:30, 2023-03-15T14:30:00Z",
        "2023-03-15 14:30:00+00:00, 2023-03-15T14:30:00Z",
        "2023-03-15 14:30:00.123456+05:30, 2023-03-15T09:00:00.123456Z",
        "2023-03-15 14:30:00+02, 2023-03-15T12:30:00Z"
    })
    void acceptsTheBlankOfPythonAndSql(String text, Instant instant) {
        assertThat(IsoTime.parse(text)).isEqualTo(instant);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            2023-03-15T14:30:00,5Z               | 2023-03-15T14:30:00.5Z
            2023-03-15T14:30:00,123456789        | 2023-03-15T14:30:00.123456789Z
            2023-03-15T14:30:00.1234567891Z      | 2023-03-15T14:30:00.123456789Z
            2023-03-15T14:30:59,99999999999999   | 2023-03-15T14:30:59.999999999Z
            9999-12-31T23:59:59.9999999999Z      | 9999-12-31T23:59:59.999999999Z
            1969-12-31T23:59:59.0000000009+00:00 | 1969-12-31T23:59:59Z
            """)
    void truncatesFractionsToTheNanosecond(String text, Instant instant) {
        assertThat(IsoTime.parse(text)).isEqualTo(instant);
    }

    @ParameterizedTest
    @CsvSource({
        "2016-12-31T23:59:60Z, 2016-12-31T23:59:59Z",
        "2016-12-31T23:59:60.5Z, 2016-12-31T23:59:59.5Z",
        "2015-06-30T19:59:60-04:00, 2015-06-30T23:59:59Z"
    })
    void repeatsTheLastSecondInALeapSecond(String text, Instant instant) {
        assertThat(IsoTime.parse(text)).isEqualTo(instant);
    }

    @ParameterizedTest
    @CsvSource({
        "2023-03-15T14:30:00+18:01, 2023-03-14T20:29:00Z",
        "2023-03-15T14:30:00-23:59, 2023-03-16T14:29:00Z",
        "2023-03-15T14:30:00+2300, 2023-03-14T15:30:00Z"
    })
    void acceptsEveryOffsetOfRfc3339(String text, Instant instant) {
        assertThat(IsoTime.parse(text)).isEqualTo(instant);
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
                "2023-13-01",
                "2023-03-15 ",
                "2023-03-15  14:30:00",
                "2023-03-15T 14:30:00",
                "2023-03-15_14:30:00",
                "2023-03-15T",
                "2023-03-15T14",
                "2023-03-15T14Z",
                "2023-03-15T14:30,5Z",
                "2023-03-15T14:30:00.Z",
                "2023-03-15T14:30:00,",
                "2023-03-15T14:30:00,5.5Z",
                "2023-03-15T25:00:00Z",
                "2023-03-15T24:00:00Z",
                "2023-03-15T14:60:00Z",
                "2023-03-15T14:30:61Z",
                "2023-03-15T14:30:60Z",
                "2023-03-15T23:59:60Z",
                "2016-12-31T23:59:60+01:00",
                "2023-03-15T14:30:00Z ",
                "2023-03-15T14:30:00ZZ",
                "2023-03-15T14:30:00+05:00+0500",
                "2023-03-15T14:30:00+99:00",
                "2023-03-15T14:30:00+24:00",
                "2023-03-15T14:30:00+05:60",
                "2023-03-15T14:30:00+05:3",
                "2023-03-15T14:30:00+5",
                "2023-03-15T14:30:00+",
                "2023-03-15Z",
                "2023-03-15T14:30:00 UTC",
                "2023-03-15T14:30:00Z[Etc/UTC]",
                "20230315T143000Z",
                "2023-W11-3",
                "2023-074",
                "T14:30:00Z",
                "-0001-03-15",
                "+12023-03-15",
                "12023-03-15",
                "\u0662\u0660\u0662\u0663-03-15",
                "+999999999-12-31T23:59:59-18:00"
            })
    void rejectsOtherText(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IsoTime.parse(text))
                .withMessage("an ISO 8601 date or date-time");
    }

    @ParameterizedTest
    @CsvSource({
        "9999-12-31T23:59:59.999999999Z, 9999-12-31T23:59:59.999999999Z",
        "9999-12-31T18:59:59.9999999-05:00, 9999-12-31T23:59:59.999999900Z",
        "0000-01-01T05:00:00+05:00, 0000-01-01T00:00:00Z",
        "0000-01-01, 0000-01-01T00:00:00Z"
    })
    void parsesTheFirstAndTheLastFourDigitYear(String text, Instant instant) {
        assertThat(IsoTime.parse(text)).isEqualTo(instant);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9999-12-31T23:59:59.9999999-05:00",
                "9999-12-31T23:59-00:01",
                "9999-12-31T19:00:00-05",
                "0000-01-01T00:00:00+05:00",
                "0000-01-01T00:00+00:01",
                "0000-01-01T22:58:59.999999999+2259"
            })
    void rejectsAYearInUtcWithoutFourDigits(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IsoTime.parse(text))
                .withMessage("an ISO 8601 date or date-time whose year in UTC has four digits");
    }
}
