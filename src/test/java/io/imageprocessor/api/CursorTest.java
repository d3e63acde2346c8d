package io.imageprocessor.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {

    @ParameterizedTest
    @ValueSource(strings = {"1", "S00339218", "a:b", "Zürich / \"1\"", ""})
    void isReadAsItWasWritten(String key) {
        Cursor cursor = new Cursor("stores", key);

        assertThat(Cursor.parse("stores", cursor.text())).isEqualTo(cursor);
    }

    @Test
    void needsNoEncodingInAUrl() {
        assertThat(new Cursor("stores", "?>~ÿÿ??>>").text()).matches("[A-Za-z0-9_-]+");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "123", "not base64!", "c3RvcmVz", "=", "%00", "am9iczox="})
    void refusesWhatIsNoCursor(String text) {
        assertThatExceptionOfType(RejectedException.class)
                .isThrownBy(() -> Cursor.parse("stores", text))
                .withMessageStartingWith("cursor ");
    }

    @Test
    void refusesTheCursorOfAnotherList() {
        String jobs = new Cursor("jobs", "1").text();

        assertThatExceptionOfType(RejectedException.class).isThrownBy(() -> Cursor.parse("stores", jobs));
    }

    @Test
    void refusesAnotherSpellingOfACursor() {
        String padded = Base64.getUrlEncoder().encodeToString("stores:1".getBytes(UTF_8)) + "=";

        assertThatExceptionOfType(RejectedException.class).isThrownBy(() -> Cursor.parse("stores", padded));
    }
}
