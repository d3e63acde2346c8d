package io.imageprocessor.image.url;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostListTest {

    @ParameterizedTest
    @CsvSource({
        "a.example, a.example, true",
        "A.Example., a.example, true",
        "a.example, a.example., true",
        "a.example, b.a.example, false",
        "a.example, ba.example, false",
        "a.example, example, false",
        "*.a.example, b.a.example, true",
        "*.a.example, c.b.a.example., true",
        "*.A.example., b.a.example, true",
        "*.a.example, a.example, false",
        "*.a.example, ba.example, false",
        "*.example, a.example, true",
        "127.0.0.1, 127.0.0.1, true",
        "0x7f.1, 127.0.0.1, true",
        "127.0.0.1, 127.0.0.2, false",
        "::1, [::1], true",
        "[::1], [0:0:0:0:0:0:0:1], true",
        "0:0:0:0:0:0:0:1, [::1], true",
        "::ffff:127.0.0.1, 127.0.0.1, true",
        "127.0.0.1, [::ffff:7f00:1], true",
        "::1, [::2], false",
        "größe.example, xn--gre-6ka8i.example, true",
        "xn--gre-6ka8i.example, GRÖßE.example., true",
        "*.größe.example, a.xn--gre-6ka8i.example, true",
        "größe.example, groesse.example, false"
    })
    void containsHostsThatMatchAPattern(String pattern, String host, boolean contained) {
        HostList list = new HostList(List.of("other.example", pattern, "*.other.example"));

        assertThat(list.contains(requireNonNull(UrlHost.parse(host, 0, host.length()))))
                .isEqualTo(contained);
        assertThat(list.contains("other.example")).isTrue();
    }

    @Test
    void isEmptyWithoutPatterns() {
        assertThat(new HostList(List.of()).isEmpty()).isTrue();
        assertThat(new HostList(List.of()).contains("a.example")).isFalse();
        assertThat(new HostList(List.of("a.example")).isEmpty()).isFalse();
        assertThat(new HostList(List.of("*.a.example")).isEmpty()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "*",
                "*.",
                ".",
                ".example",
                "a..example",
                "a.*.example",
                "*.*.example",
                "*a.example",
                "*.127.0.0.1",
                "*.::1",
                "a.example:80",
                "http://a.example",
                "a.example/b",
                "a b.example",
                "gr\u200Döße.example",
                "256.0.0.1",
                "10.0.0.0/8",
                "[::1",
                "1::2::3"
            })
    void rejectsMalformedPatterns(String pattern) {
        assertThatThrownBy(() -> new HostList(List.of("a.example", pattern)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + pattern + "' is neither a host nor *.domain");
    }
}
