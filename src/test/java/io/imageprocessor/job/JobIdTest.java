package io.imageprocessor.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobIdTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 123, JobId.MAX})
    void parsesItsOwnText(long value) {
        JobId id = new JobId(value);

        assertThat(JobId.parse(id.toString())).contains(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "-1",
                "+1",
                "01",
                " 1",
                "1 ",
                "1.0",
                "1e3",
                "abc",
                "٣",
                "9007199254740992",
                "99999999999999999999"
            })
    void rejectsInvalidText(String text) {
        assertThat(JobId.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, JobId.MAX + 1})
    void rejectsNumbersThatAClientCannotRepresent(long value) {
        assertThatIllegalArgumentException().isThrownBy(() -> new JobId(value));
    }

    @Test
    void writesNoSeparators() {
        assertThat(new JobId(1234567).toString()).isEqualTo("1234567");
    }
}
