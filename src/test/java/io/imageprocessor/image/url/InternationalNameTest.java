package io.imageprocessor.image.url;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InternationalNameTest {

    @ParameterizedTest
    @CsvSource({
        // Characters that IDNA 2003 replaces: sharp s, final sigma, joiners.
        "faß.de, xn--fa-hia.de",
        "FAẞ.de, xn--fa-hia.de",
        "βόλος.com, xn--nxasmm1c.com",
        "ශ්‍රී.com, xn--10cl1a0b660p.com",
        "نامه‌ای.com, xn--mgba3gch31f060k.com",
        "ファッション.biz, xn--bck1b9a5dre4c.biz",
        "☃.net, xn--n3h.net",
        "a\u00ADb.de, ab.de",
        "㍿.test, xn--6oqv20b1zgzxr.test",
        "-ü-.test, xn-----xka.test",
        "ab--ü.test, xn--ab---3ra.test",
        "bücher_1.test, xn--bcher_1-n2a.test",
        "ü.test., xn--tda.test.",
        "xn--fa-hia.de。, xn--fa-hia.de."
    })
    void convertsNamesLikeBrowsers(String name, String ascii) {
        assertThat(InternationalName.toAscii(name)).isEqualTo(ascii);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\u200Cb",
                "\u0308a",
                "\uFFFD",
                "\uD83D",
                "\uE000",
                "\u05D01a",
                "xn--a。xn--ü",
                "xn--0。",
                "\u202Eü"
            })
    void returnsNothingForInvalidNames(String name) {
        assertThat(InternationalName.toAscii(name)).isNull();
    }

    /** Each character stands for several, so the label is far too long for the library. */
    @ParameterizedTest
    @ValueSource(strings = {"\u3316", "\uFDFA"})
    void returnsNothingForANameThatBecomesTooLong(String character) {
        assertThat(InternationalName.toAscii(character.repeat(200) + ".test")).isNull();
    }
}
