package io.imageprocessor.image.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CertificateNamesTest {

    @ParameterizedTest
    @CsvSource({
        "a_b.shop.example, a_b.shop.example, true",
        "a_b.shop.example, A_B.Shop.Example, true",
        "a_b.shop.example, *.shop.example, true",
        "a_b.s3.amazonaws.com, *.s3.amazonaws.com, true",
        "a_b.co.uk.example, *.co.uk.example, true",
        "a_b.shop.example, shop.example, false",
        "c.a_b.shop.example, *.shop.example, false",
        "shop.example, *.shop.example, false",
        "a_b.shop.example, *, false",
        "a_b.shop.example, *., false",
        "a_b.shop.example, *.*.example, false",
        "a_b.shop.example, a*.shop.example, false",
        "a_b.shop.example, *b.shop.example, false",
        "a_b.shop.example, *_b.shop.example, false",
        "a_b.shop.example, a_b.*.example, false",
        "a_b.shop.example, *.shop.example., false",
        "a_b.example, *.example, false",
        "a_b.co.uk, *.co.uk, false",
        "a_b.xn--55qx5d.cn, *.xn--55qx5d.cn, false",
        "a_b, *, false",
        "a_b, a_b, true"
    })
    void appliesTheRulesOfBrowsers(String host, String name, boolean matches) {
        assertThat(CertificateNames.isFor(host, name)).isEqualTo(matches);
    }
}
