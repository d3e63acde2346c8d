package io.imageprocessor.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoredUrlTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no url",
                "http://a/1",
                "http://bücher.example/漢字/\uD83D\uDCF7",
                "http://a/\uFFFD\uFFFF\u0001"
            })
    void keepsTextThatUtf8CanEncode(String url) {
        String stored = StoredUrl.of(url);

        assertThat(stored).isEqualTo(url);
    }

    @ParameterizedTest
    @CsvSource({
        "http://a/\uD800.jpg, http://a/\\ud800.jpg",
        "http://a/\uDFFF, http://a/\\udfff",
        "\uD83D\uD83D\uDCF7\uDCF7, \\ud83d\uD83D\uDCF7\\udcf7",
        "'http://a/\u0000b\u0000', http://a/\\u0000b\\u0000"
    })
    void keepsOtherCharactersAsTheirEscapes(String url, String stored) {
        assertThat(StoredUrl.of(url)).isEqualTo(stored);
    }

    @Test
    void truncatesLongUrls() {
        assertThat(StoredUrl.of("x".repeat(10_000))).hasSize(10_000);
        assertThat(StoredUrl.of("x".repeat(10_001))).isEqualTo("x".repeat(10_000));
        assertThat(StoredUrl.of("x".repeat(9_999) + "\uD83D\uDCF7")).isEqualTo("x".repeat(9_999));
        assertThat(StoredUrl.of("\uD800".repeat(9_000)))
                .isEqualTo("\\ud800".repeat(1_667).substring(0, 10_000));
    }
}
