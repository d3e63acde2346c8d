package io.imageprocessor.image;

import static io.imageprocessor.image.Origin.ok;
import static io.imageprocessor.image.Photos.jpeg;
import static io.imageprocessor.image.Probes.failureOf;
import static io.imageprocessor.image.Probes.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.image.ImageFailure.AddressDenied;
import io.imageprocessor.image.ImageFailure.InvalidUrl;
import java.io.IOException;
import java.net.InetAddress;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * SSRF protection: with the default settings, no URL reaches the network of the service. PORT stands for the port of an
 * origin in that network.
 */
class SsrfProtectionTest {

    /** The target of the URLs, which no request may reach. */
    private static final Origin inside = Origin.answering(ok(jpeg(3, 4)));

    /** Resolves every name to loopback, like the public services for DNS rebinding. */
    private final ImageProbe probe =
            new ImageProbe(settings(), host -> new InetAddress[] {InetAddress.getLoopbackAddress()});

    @AfterEach
    void closeProbe() {
        probe.close();
    }

    @AfterAll
    static void closeOrigin() throws IOException {
        inside.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Names.
                "http://localhost:PORT/",
                "http://LOCALHOST:PORT/",
                "http://localhost.:PORT/",
                "http://img.localhost:PORT/",
                "http://127.0.0.1.nip.example:PORT/",
                "http://localhost.localdomain:PORT/",
                "http://metadata.google.internal:PORT/",
                "http://a_b:PORT/",
                "https://localhost:PORT/",
                "  http://localhost:PORT/  ",
                // IPv4 in the standard notation.
                "http://127.0.0.1:PORT/",
                "http://127.0.0.1.:PORT/",
                "http://127.0.0.1:PORT#@shop.example/",
                "http://127.0.0.1:PORT?@shop.example/",
                "http://127.255.255.254:PORT/",
                "http://0.0.0.0:PORT/",
                "http://10.0.0.1:PORT/",
                "http://100.64.0.1:PORT/",
                "http://169.254.169.254/latest/meta-data/",
                "http://172.16.0.1:PORT/",
                "http://192.168.0.1:PORT/",
                "http://198.18.0.1:PORT/",
                "http://224.0.0.1:PORT/",
                "http://255.255.255.255:PORT/",
                // Decimal, octal, hexadecimal, short, and mixed notations.
                "http://2130706433:PORT/",
                "http://2130706433.:PORT/",
                "http://2852039166/",
                "http://0:PORT/",
                "http://0177.0.0.1:PORT/",
                "http://0177.0.0.01:PORT/",
                "http://00000177.0.0.1:PORT/",
                "http://017700000001:PORT/",
                "http://0x7f000001:PORT/",
                "http://0X7F000001:PORT/",
                "http://0x7f.0x0.0x0.0x1:PORT/",
                "http://0x7f.1:PORT/",
                "http://0x0000000007f.1:PORT/",
                "http://127.1:PORT/",
                "http://127.0.1:PORT/",
                "http://127.0x1:PORT/",
                "http://0x7f.0.01:PORT/",
                "http://0251.0xfe.43518/",
                "http://0xa9.254.0251.0376/",
                // IPv6, and IPv4 embedded in IPv6.
                "http://[::1]:PORT/",
                "http://[0:0:0:0:0:0:0:1]:PORT/",
                "http://[0000::0001]:PORT/",
                "http://[::]:PORT/",
                "http://[::ffff:127.0.0.1]:PORT/",
                "http://[::FFFF:7F00:1]:PORT/",
                "http://[0:0:0:0:0:ffff:127.0.0.1]:PORT/",
                "http://[::127.0.0.1]:PORT/",
                "http://[::ffff:0:127.0.0.1]:PORT/",
                "http://[64:ff9b::127.0.0.1]:PORT/",
                "http://[64:ff9b:1::7f00:1]:PORT/",
                "http://[2002:7f00:1::]:PORT/",
                "http://[2001:0:7f00:1::80ff:fffe]:PORT/",
                "http://[2a00:1450::5efe:127.0.0.1]:PORT/",
                "http://[2a00:1450::200:5efe:7f00:1]:PORT/",
                "http://[fd00:ec2::254]:PORT/",
                "http://[fe80::1]:PORT/",
                "http://[fec0::1]:PORT/",
                "http://[ff02::1]:PORT/",
                "http://[2001:db8::1]:PORT/",
                "http://[100::1]:PORT/",
                "http://[5f00::1]:PORT/",
                // Non-ASCII digits, dots and letters that browsers convert.
                "http://\uFF11\uFF12\uFF17.0.0.1:PORT/",
                "http://\u2460\u2461\u2466.0.0.1:PORT/",
                "http://127\u30020\u30020\u30021:PORT/",
                "http://127\uFF0E0\uFF0E0\uFF0E1:PORT/",
                "http://127\uFF610\uFF610\uFF611:PORT/",
                "http://\u24DBocalhost:PORT/",
                "http://loca\u00ADlhost:PORT/",
                "http://loca\u200Blhost:PORT/",
                // Ports of other services on any host.
                "http://shop.example:22/",
                "http://shop.example:25/",
                "https://shop.example:993/",
                "http://shop.example:6000/",
                "http://shop.example:06667/",
                "http://shop.example:10080/",
                // Escapes.
                "http://%31%32%37.0.0.1:PORT/",
                "http://127%2e0%2E0%2e1:PORT/",
                "http://loc%61lhost:PORT/"
            })
    void deniesTheAddress(String url) {
        assertRejected(url, AddressDenied.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Numbers that are not addresses.
                "http://256.0.0.1:PORT/",
                "http://127.0.0.1.1:PORT/",
                "http://4294967296:PORT/",
                "http://0x17f000001:PORT/",
                "http://127.0.0.08:PORT/",
                "http://127..1:PORT/",
                "http://localhost.1:PORT/",
                "http://[::ffff:127.1]:PORT/",
                "http://[::ffff:0x7f.0.0.1]:PORT/",
                "http://[127.0.0.1]:PORT/",
                "http://[::1%25lo]:PORT/",
                "http://[::1%lo]:PORT/",
                "http://[1::2::3]:PORT/",
                "http://::1:PORT/",
                // No host, empty labels, userinfo.
                "http://:PORT/",
                "http://.:PORT/",
                "http://..:PORT/",
                "http://localhost..:PORT/",
                "http://.localhost:PORT/",
                "http://shop.example@127.0.0.1:PORT/",
                "http://shop.example:80@127.0.0.1:PORT/",
                "http://user:secret@127.0.0.1:PORT/",
                "http://@127.0.0.1:PORT/",
                "http://127.0.0.1:PORT:80/",
                "http://127.0.0.1:0/",
                "http://127.0.0.1:65616/",
                "http://127.0.0.1:+80/",
                // Other non-ASCII digits, and escapes.
                "http://\u0661\u0662\u0667.0.0.1:PORT/",
                "http://[::\uFF11]:PORT/",
                "http://127%252e0.0.1:PORT/",
                "http://localhost%00.example:PORT/",
                "http://127.0.0.1:\uFF18\uFF10/",
                // Backslashes and control characters.
                "http:\\\\127.0.0.1:PORT/",
                "http:/\\127.0.0.1:PORT/",
                "http://shop.example\\@127.0.0.1:PORT/",
                "http://127.0.0.1:PORT\\@shop.example/",
                "http://127.0.0.1\\:PORT/",
                "http://127.0.0.1:PORT/\\",
                "ht\ntp://127.0.0.1:PORT/",
                "http://127.0.\t0.1:PORT/",
                "http://127.0.0.1\r\n:PORT/",
                "http://127.0.0.1\u0000.example:PORT/",
                "http://127.0.0.1:PORT/ HTTP/1.1\r\nX: y",
                "http://127.0.0.1:PORT/\u007F",
                "http://127.0.0.1 :PORT/",
                "http://shop.example 127.0.0.1:PORT/",
                // Other schemes, or none.
                "127.0.0.1:PORT/",
                "//127.0.0.1:PORT/",
                "http:127.0.0.1:PORT/",
                "http:/127.0.0.1:PORT/",
                "http:///127.0.0.1:PORT/",
                "https:127.0.0.1:PORT/",
                "ftp://127.0.0.1:PORT/",
                "file:///etc/passwd",
                "file://127.0.0.1:PORT/",
                "gopher://127.0.0.1:PORT/_GET",
                "dict://127.0.0.1:PORT/",
                "ws://127.0.0.1:PORT/",
                "jar:http://127.0.0.1:PORT/!/",
                "view-source:http://127.0.0.1:PORT/",
                "data:image/png;base64,"
            })
    void rejectsTheUrl(String url) {
        assertRejected(url, InvalidUrl.class);
    }

    private void assertRejected(String url, Class<? extends ImageFailure> type) {
        ImageFailure failure = failureOf(probe, url.replace("PORT", String.valueOf(inside.port())));

        assertThat(failure).isInstanceOf(type);
        assertThat(failure.retryable()).isFalse();
        assertThat(failure.message()).doesNotContain("127", "::1");
        assertThat(inside.accepted()).isZero();
    }
}
