package io.imageprocessor.image.url;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.imageprocessor.image.ImageFailedException;
import io.imageprocessor.image.ImageFailure.InvalidUrl;
import io.imageprocessor.image.ImageProbe;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageUrlTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "http://a.example|false|a.example|80|/",
                "https://A.Example|true|a.example|443|/",
                "HTTP://a.example:8080/b.jpg|false|a.example|8080|/b.jpg",
                "http://a.example:/b|false|a.example|80|/b",
                "http://a.example?x=1|false|a.example|80|/?x=1",
                "http://a.example#top|false|a.example|80|/",
                "http://a.example/b#top|false|a.example|80|/b",
                "  http://a.example/b  |false|a.example|80|/b",
                "http://a.example/b c.jpg|false|a.example|80|/b%20c.jpg",
                "http://a.example/größe.jpg?ß|false|a.example|80|/gr%C3%B6%C3%9Fe.jpg?%C3%9F",
                "http://a.example/\uD83D\uDCF7|false|a.example|80|/%F0%9F%93%B7",
                "http://a.example/50%.jpg|false|a.example|80|/50%.jpg",
                "http://a.example/a%20b|false|a.example|80|/a%20b",
                "http://a.example/{id}\"<>|false|a.example|80|/%7Bid%7D%22%3C%3E",
                "http://a_b.example./c|false|a_b.example.|80|/c",
                "http://[2001:DB8::1]:81/c|false|2001:db8:0:0:0:0:0:1|81|/c",
                "http://127.0.0.1/@me:|false|127.0.0.1|80|/@me:",
                "http://0x7f.1:8080|false|127.0.0.1|8080|/",
                "http://größe.example/größe|false|xn--gre-6ka8i.example|80|/gr%C3%B6%C3%9Fe",
                "http://１２７.0.0.1/|false|127.0.0.1|80|/",
                "http://127。0。0。1/|false|127.0.0.1|80|/",
            })
    void parsesUrls(String url, boolean secure, String host, int port, String target) throws Exception {
        assertThat(ImageUrl.parse(url)).isEqualTo(new ImageUrl(secure, host, port, target));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "photo.jpg",
                "//a.example/b",
                "ftp://a.example/b",
                "file:///etc/passwd",
                "data:image/png;base64,",
                "javascript:alert(1)",
                "http:",
                "http:/",
                "http://",
                "http:///b",
                "http://?x",
                "http://#",
                "http://:80/",
                "http:a.example",
                "http://user@a.example/",
                "http://user:secret@a.example/",
                "http://a.example@b.example/",
                "http://@a.example/",
                "http://a.example:http/",
                "http://a.example:65536/",
                "http://a.example:0/",
                "http://a.example:-1/",
                "http://a.example:99999999999999999999/",
                "http://a b.example/",
                "http://gr\u200Döße.example/",
                "http://a.example\\@b.example/",
                "http://a.example/b\\c",
                "http://a.example/b\tc",
                "http://a.example/b\r\nX: y",
                "http://a.example/\u0000b",
                "http://a%252eexample/",
                "http://[::1/",
                "http://::1/",
                "http://[]/",
                "http://[a]/",
                "http://[fe80::1%25eth0]/",
                "http://[::1]x/",
                "http://[::1]1:80/",
                "http://[1::2::3]/",
                "http://256.0.0.1/",
                "http://./",
                "http://a..example/",
                "http://[::1]]/",
                "http://１２７.0.0.256/",
                "http://user＠a.example/",
                "http://a.example＼b/"
            })
    void rejectsInvalidUrls(String url) {
        ImageFailedException failed = catchThrowableOfType(ImageFailedException.class, () -> ImageUrl.parse(url));

        assertThat(failed.failure()).isInstanceOf(InvalidUrl.class);
        assertThat(failed.failure().retryable()).isFalse();
        assertThat(failed.getMessage()).isEqualTo(failed.failure().message()).isNotBlank();
    }

    @Test
    void rejectsUrlsOverTheLengthLimit() {
        String url = "http://a.example/" + "a".repeat(10_000);

        assertThat(catchThrowableOfType(ImageFailedException.class, () -> ImageUrl.parse(url))
                        .failure())
                .isInstanceOf(InvalidUrl.class);
        assertThat(catchThrowableOfType(
                                ImageFailedException.class, () -> ImageUrl.parse("http://" + "a".repeat(300) + "/"))
                        .failure())
                .isInstanceOf(InvalidUrl.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://b.example/c|http://b.example/c",
                "https://b.example|https://b.example/",
                "//b.example/c|https://b.example/c",
                "/c|https://a.example:8443/c",
                "../c|https://a.example:8443/c",
                "./c|https://a.example:8443/x/c",
                "..|https://a.example:8443/",
                "/b/../c/./d|https://a.example:8443/c/d",
                "c|https://a.example:8443/x/c",
                "c/d?e:f|https://a.example:8443/x/c/d?e:f",
                "?z|https://a.example:8443/x/y?z",
                "#z|https://a.example:8443/x/y?q=/1",
                "/c d|https://a.example:8443/c%20d",
                "''|https://a.example:8443/x/y?q=/1",
            })
    void resolvesRedirects(String location, String expected) throws Exception {
        ImageUrl from = ImageUrl.parse("https://a.example:8443/x/y?q=/1#f");

        assertThat(from.resolve(location)).isEqualTo(ImageUrl.parse(expected));
    }

    @ParameterizedTest
    @CsvSource({
        "http://a.example/, a.example",
        "http://a.example:80/, a.example",
        "http://a.example:8080/, a.example:8080",
        "https://a.example:80/, a.example:80",
        "https://a.example:443/, a.example",
        "http://[2001:db8::1]:81/, [2001:db8:0:0:0:0:0:1]:81",
        "http://[::ffff:1.2.3.4]/, 1.2.3.4"
    })
    void returnsTheAuthority(String url, String authority) throws Exception {
        assertThat(ImageUrl.parse(url).authority()).isEqualTo(authority);
    }

    @ParameterizedTest
    @CsvSource({
        "http://A.example/b, a.example",
        "https://a.example/b, a.example",
        "http://a.example., a.example",
        "http://a.example:/, a.example",
        "http://a.example:80/, a.example",
        "http://a.example.:00080/, a.example",
        "https://a.example:443/, a.example",
        "http://a.example:443/, a.example:443",
        "https://a.example:80/, a.example:80",
        "http://a.example.:08080/, a.example:8080",
        "HTTPS://a.Example:8080?x, a.example:8080",
        "' http://a.example ', a.example",
        "http://user@a.example:81/@b, a.example:81",
        "http://[::1]:81/, [::1]:81",
        "http://[::1]:80/, [::1]",
        "http://[::1]/, [::1]"
    })
    void returnsTheHost(String url, String host) {
        assertThat(ImageProbe.hostOf(url)).contains(host);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "a",
                "a.example",
                "ftp://a.example/",
                "http:",
                "http://",
                "http:///b",
                "http://:80/",
                "http://./",
                "http://u@/"
            })
    void returnsNoHostForUrlsWithoutOne(String url) {
        assertThat(ImageProbe.hostOf(url)).isEmpty();
    }

    @Test
    void hasAHostForEveryValidUrlAndNeverThrows() {
        List<String> parts =
                List.of("http://", "https:", "/", "a", ":", "80", "@", "[", "]", "?", "#", " ", "\\", "é", "\0");
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            StringBuilder url = new StringBuilder(random.nextBoolean() ? "http://" : "");
            for (int length = random.nextInt(8); length > 0; length--) {
                url.append(parts.get(random.nextInt(parts.size())));
            }
            assertThatCode(() -> {
                        try {
                            ImageUrl.parse(url.toString());
                            assertThat(ImageProbe.hostOf(url.toString()))
                                    .as("%s", url)
                                    .isPresent();
                        } catch (ImageFailedException e) {
                            ImageProbe.hostOf(url.toString());
                        }
                    })
                    .as("%s", url)
                    .doesNotThrowAnyException();
        }
    }
}
