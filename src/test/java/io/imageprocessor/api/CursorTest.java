package io.imageprocessor.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.imageprocessor.job.JobId;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {

    @ParameterizedTest
    @ValueSource(strings = {"1", "S00339218", "a:b", "Zürich / \"1\"", ""})
    void parsesItsOwnText(String key) {
        Cursor cursor = new Cursor("stores", key);

        assertThat(Cursor.parse(cursor.text())).isEqualTo(cursor);
    }

    @Test
    void needsNoEncodingInUrls() {
        assertThat(new Cursor("stores", "?>~ÿÿ??>>").text()).matches("[A-Za-z0-9_-]+");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "123", "not base64!", "c3RvcmVz", "=", "%00", "am9iczox="})
    void rejectsInvalidText(String text) {
        assertThatExceptionOfType(RejectedException.class)
                .isThrownBy(() -> Cursor.parse(text))
                .withMessage("invalid cursor");
    }

    @Test
    void rejectsOtherSpellingsOfACursor() {
        String padded = Base64.getUrlEncoder().encodeToString("stores:1".getBytes(UTF_8)) + "=";

        assertThatExceptionOfType(RejectedException.class).isThrownBy(() -> Cursor.parse(padded));
    }

    @Test
    void returnsItsKeyInTheTypeOfItsList() {
        assertThat(new Cursor("jobs", "7").keyIn("jobs", JobId::parse)).isEqualTo(new JobId(7));
    }

    @Test
    void rejectsCursorsOfOtherLists() {
        Cursor jobs = new Cursor("jobs", "1");

        assertThatExceptionOfType(RejectedException.class)
                .isThrownBy(() -> jobs.keyIn("stores", Optional::of))
                .withMessage("invalid cursor");
    }

    @Test
    void rejectsKeysThatItsListCannotHave() {
        Cursor jobs = new Cursor("jobs", "x");

        assertThatExceptionOfType(RejectedException.class)
                .isThrownBy(() -> jobs.keyIn("jobs", JobId::parse))
                .withMessage("invalid cursor");
    }
}
