package io.imageprocessor.image.url;

import static io.imageprocessor.image.Origin.ok;
import static io.imageprocessor.image.Photos.jpeg;
import static io.imageprocessor.image.Probes.failureOf;
import static io.imageprocessor.image.Probes.localProbe;
import static io.imageprocessor.image.Probes.measure;
import static io.imageprocessor.image.Probes.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.imageprocessor.image.ImageFailedException;
import io.imageprocessor.image.ImageFailure;
import io.imageprocessor.image.ImageFailure.AddressDenied;
import io.imageprocessor.image.ImageProbe;
import io.imageprocessor.image.Origin;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SourceUrlPolicyTest {

    private static final ImageFailure PORT_DENIED = new AddressDenied("the port is not allowed");
    private static final ImageFailure HOST_DENIED = new AddressDenied("the host is not allowed");

    @Test
    void rejectsExactlyTheBadPortsOfTheFetchStandard() {
        SourceUrlPolicy policy = new SourceUrlPolicy(settings("private-networks", "allow"));

        assertThat(IntStream.range(0, 65536).filter(port -> !passes(policy, port)))
                .containsExactly(
                        0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101,
                        102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427,
                        465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990,
                        993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667,
                        6668, 6669, 6679, 6697, 10080);
    }

    @Test
    void allowsOnlyListedPortsThatAreNotBad() {
        SourceUrlPolicy policy = new SourceUrlPolicy(settings("allowed-ports", "443,8443,25"));

        assertThat(IntStream.range(0, 65536).filter(port -> passes(policy, port)))
                .containsExactly(443, 8443);
    }

    private static boolean passes(SourceUrlPolicy policy, int port) {
        try {
            policy.check(new ImageUrl(false, "a.example", port, "/"));
            return true;
        } catch (ImageFailedException e) {
            assertThat(e.failure()).isEqualTo(PORT_DENIED);
            return false;
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
                    -                     | -             | a.example      | true
                    a.example             | -             | a.example      | true
                    a.example             | -             | b.example      | false
                    a.example,*.a.example | -             | img.a.example  | true
                    -                     | a.example     | a.example      | false
                    -                     | a.example     | b.example      | true
                    a.example             | a.example     | a.example      | false
                    *.example             | a.example     | a.example      | false
                    *.example             | a.example     | b.example      | true
                    a.example             | *.example     | a.example      | false
                    93.184.215.14         | -             | 93.184.215.14  | true
                    -                     | 93.184.215.14 | 0x5d.0xb8d70e  | false
                    -                     | 93.184.215.14 | [::ffff:5db8:d70e] | false
                    -                     | [2606:4700::1]| [2606:4700:0:0:0:0:0:1] | false
                    -                     | a.example     | A.EXAMPLE.     | false
                    a.example             | -             | A.EXAMPLE.     | true
                    """)
    void appliesTheHostLists(String allowed, String denied, String host, boolean passes) throws Exception {
        SourceUrlPolicy policy = new SourceUrlPolicy(settings(
                "allowed-hosts", allowed == null ? "" : allowed, "denied-hosts", denied == null ? "" : denied));
        ImageUrl url = ImageUrl.parse("http://" + host + "/");

        if (passes) {
            assertThatCode(() -> policy.check(url)).doesNotThrowAnyException();
        } else {
            assertThatCode(() -> policy.check(url))
                    .isInstanceOfSatisfying(
                            ImageFailedException.class,
                            e -> assertThat(e.failure()).isEqualTo(HOST_DENIED));
        }
    }

    @Test
    void deniedAddressesAreNotRetried() {

        assertThat(Stream.of(PORT_DENIED, HOST_DENIED)).noneMatch(ImageFailure::retryable);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://127.0.0.1:6000/", "//127.0.0.1:25/", "https://127.0.0.1:10080/", "http://127.1:6667"})
    void checksThePortOfEveryHop(String location) throws Exception {
        try (ImageProbe probe = localProbe();
                Origin origin = Origin.redirecting(location)) {
            assertThat(failureOf(probe, origin.url())).isEqualTo(PORT_DENIED);
        }
    }

    @Test
    void checksTheHostOfEveryHop() throws Exception {
        try (Origin inside = Origin.answering(ok(jpeg(3, 4)));
                Origin origin = Origin.redirecting("http://localhost:" + inside.port() + "/")) {
            for (List<String> setting :
                    List.of(List.of("denied-hosts", "localhost"), List.of("allowed-hosts", "127.0.0.1"))) {
                try (ImageProbe probe = localProbe(setting.toArray(String[]::new))) {
                    assertThat(failureOf(probe, origin.url())).isEqualTo(HOST_DENIED);
                }
            }
            assertThat(origin.accepted()).isEqualTo(2);
            assertThat(inside.accepted()).isZero();
        }
    }

    @Test
    void restrictsPrivateNetworksToo() throws Exception {
        try (Origin origin = Origin.answering(ok(jpeg(3, 4)));
                Origin other = Origin.answering(ok(jpeg(3, 4)));
                ImageProbe probe = localProbe("allowed-ports", String.valueOf(origin.port()))) {
            assertThat(measure(probe, origin.url()).bytes()).isPositive();
            assertThat(failureOf(probe, other.url())).isEqualTo(PORT_DENIED);
            assertThat(other.accepted()).isZero();
        }
    }
}
