package io.imageprocessor.image.url;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlHostTest {

    @ParameterizedTest
    @CsvSource({
        "a.example, a.example",
        "A.Example., a.example.",
        "a_b-c.example, a_b-c.example",
        "xn--grn-hoa.example, xn--grn-hoa.example",
        "1.example, 1.example",
        "1.2.3.4.example, 1.2.3.4.example",
        "a.0xg, a.0xg",
        "a.1b, a.1b",
        "a%2e, a.",
        "ü%2e, xn--tda.",
        "%C3%bc, xn--tda",
        "%31.%32, 1.0.0.2",
        "[2001:DB8::1], 2001:db8:0:0:0:0:0:1"
    })
    void parsesNamesAndAddresses(String text, String host) {
        assertThat(UrlHost.parse(text, 0, text.length())).isEqualTo(host);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1",
        "127.0.0.1., 127.0.0.1",
        "127.1, 127.0.0.1",
        "127.0.1, 127.0.0.1",
        "127.65535, 127.0.255.255",
        "127.16777215, 127.255.255.255",
        "2130706433, 127.0.0.1",
        "4294967295, 255.255.255.255",
        "0, 0.0.0.0",
        "0x7f.1, 127.0.0.1",
        "0X7F000001, 127.0.0.1",
        "0x, 0.0.0.0",
        "0x7f.0x0.0x0.0x1, 127.0.0.1",
        "0177.0.0.1, 127.0.0.1",
        "017700000001, 127.0.0.1",
        "0000000000000000000000000000177.1, 127.0.0.1",
        "0x00000000000000000000000000007f.1, 127.0.0.1",
        "0x7f.0.01.1, 127.0.1.1",
        "10.0xf.04.010, 10.15.4.8"
    })
    void parsesNumbersAsAddressesLikeBrowsers(String text, String host) {
        assertThat(UrlHost.parse(text, 0, text.length())).isEqualTo(host);
    }

    @ParameterizedTest
    @CsvSource({
        "[::1], 0:0:0:0:0:0:0:1",
        "[0:0:0:0:0:0:0:1], 0:0:0:0:0:0:0:1",
        "[0000::0001], 0:0:0:0:0:0:0:1",
        "[::0.0.0.1], 0:0:0:0:0:0:0:1",
        "[2001:DB8::A], 2001:db8:0:0:0:0:0:a",
        "[2001:db8:0:0::000a], 2001:db8:0:0:0:0:0:a",
        "[::ffff:1.2.3.4], 1.2.3.4",
        "[::FFFF:102:304], 1.2.3.4"
    })
    void returnsOneFormForAllNotationsOfAnAddress(String text, String host) {
        assertThat(UrlHost.parse(text, 0, text.length())).isEqualTo(host);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                ".a",
                "a..b",
                "a..",
                "a b",
                "a%252e",
                "ü%",
                "%5B::1%5D",
                "gr\u200Döße",
                "ü..b",
                "1.2.3.4.5",
                "256.0.0.1",
                "1.2.3.256",
                "1.2.65536",
                "1.16777216",
                "4294967296",
                "99999999999999999999999999",
                "0x100000000",
                "040000000000",
                "08.0.0.1",
                "1.2.3.08",
                "0x7g.1",
                "a.1",
                "a.0x1",
                "1..2",
                "127.0.0.1..",
                "[]",
                "[",
                "[::1",
                "::1",
                "[1]",
                "[127.0.0.1]",
                "[1::2::3]",
                "[::ffff:127.1]",
                "[::ffff:0x7f.0.0.1]",
                "[::1%25eth0]",
                "[::1%eth0]",
                "[::１]",
                "[1:2:3:4:5:6:7:8:9]"
            })
    void rejectsInvalidHosts(String text) {
        assertThat(UrlHost.parse(text, 0, text.length())).isNull();
    }

    @Test
    void rejectsNamesOverTheLengthLimit() {
        assertThat(UrlHost.parse("a".repeat(254), 0, 254)).isNotNull();
        assertThat(UrlHost.parse("a".repeat(255), 0, 255)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, true", "::1, true", "a.example, false", "1.example, false", "a1, false"})
    void distinguishesAddressesFromNames(String host, boolean address) {
        assertThat(UrlHost.isAddress(host)).isEqualTo(address);
    }
}
