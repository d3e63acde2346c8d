package io.imageprocessor.image;

import static io.imageprocessor.image.Origin.ok;
import static io.imageprocessor.image.Photos.jpeg;
import static io.imageprocessor.image.Probes.failureOf;
import static io.imageprocessor.image.Probes.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.image.DownloadSettings.PrivateNetworks;
import io.imageprocessor.image.HttpRequests.Wanted;
import io.imageprocessor.image.ImageFailure.AddressDenied;
import io.imageprocessor.image.ImageFailure.DnsFailure;
import io.imageprocessor.image.ImageFailure.Timeout;
import io.imageprocessor.image.SourceAddressPolicy.AddressDeniedException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.hc.client5.http.DnsResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceAddressPolicyTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.255.255.255",
                "10.0.0.0",
                "10.255.255.255",
                "100.64.0.0",
                "100.127.255.255",
                "127.0.0.1",
                "127.255.255.255",
                "169.254.0.0",
                "169.254.169.254",
                "169.254.255.255",
                "172.16.0.0",
                "172.31.255.255",
                "192.0.0.0",
                "192.0.0.255",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.0.0",
                "192.168.255.255",
                "198.18.0.0",
                "198.19.255.255",
                "198.51.100.1",
                "203.0.113.1",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.0",
                "255.255.255.255",
                "::",
                "::1",
                "::7f00:1",
                "::ffff:0:127.0.0.1",
                "64:ff9b::7f00:1",
                "64:ff9b:1::1",
                "100::1",
                "fc00::1",
                "fd12:3456::1",
                "fe80::1",
                "fec0::1",
                "ff02::1",
                "2001::1",
                "2001:0:4136:e378::1",
                "2001:2::1",
                "2001:10::1",
                "2001:20::1",
                "2001:1ff:ffff::1",
                "2001:db8::1",
                "2002:7f00:1::1",
                "2002::1",
                "3fff::1",
                "3fff:fff::1",
                "4000::1",
                "5f00::1"
            })
    void deniesWhatIsNotGloballyRoutable(String address) {
        assertThat(SourceAddressPolicy.isPublic(InetAddress.ofLiteral(address))).isFalse();
    }

    @Test
    void deniesMappedAddressesByWhatTheyMap() {
        assertThat(SourceAddressPolicy.isPublic(InetAddress.ofLiteral("::ffff:127.0.0.1")))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "8.8.8.8",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.0",
                "169.253.255.255",
                "169.255.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "192.0.1.0",
                "192.0.3.0",
                "192.88.98.255",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "198.51.101.0",
                "203.0.112.255",
                "223.255.255.255",
                "2000::1",
                "2001:200::1",
                "2001:4860:4860::8888",
                "2001:db7::1",
                "2001:db9::1",
                "2003::1",
                "2606:4700::1111",
                "3ffe::1",
                "3fff:1000::1"
            })
    void allowsWhatIs(String address) {
        assertThat(SourceAddressPolicy.isPublic(InetAddress.ofLiteral(address))).isTrue();
    }

    @Test
    void passesOnOnlyTheAllowedAddresses() throws Exception {
        InetAddress open = InetAddress.ofLiteral("1.1.1.1");
        InetAddress closed = InetAddress.ofLiteral("10.0.0.1");
        try (HostLookup lookup = new HostLookup(host -> new InetAddress[] {closed, open})) {
            assertThat(new SourceAddressPolicy(PrivateNetworks.DENY, lookup).resolve("a.example"))
                    .containsExactly(open);
            assertThat(new SourceAddressPolicy(PrivateNetworks.ALLOW, lookup).resolve("a.example"))
                    .containsExactly(closed, open);
        }
    }

    @Test
    void looksAgainAtEveryConnect() throws Exception {
        AtomicReference<String> address = new AtomicReference<>("1.1.1.1");
        try (HostLookup lookup = new HostLookup(host -> new InetAddress[] {InetAddress.ofLiteral(address.get())})) {
            SourceAddressPolicy policy = new SourceAddressPolicy(PrivateNetworks.DENY, lookup);
            assertThat(policy.resolve("a.example")).hasSize(1);

            address.set("127.0.0.1");

            assertThatThrownBy(() -> policy.resolve("a.example")).isInstanceOf(AddressDeniedException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost/",
                "http://127.0.0.1/",
                "http://[::1]/",
                "http://[::ffff:127.0.0.1]/",
                "http://169.254.169.254/",
                "http://127.1/",
                "http://2130706433/"
            })
    void deniesByDefault(String url) {
        try (ImageProbe probe = new ImageProbe(settings())) {
            assertThat(failureOf(probe, url)).isEqualTo(new AddressDenied());
        }
    }

    @Test
    void deniesRedirectsIntoTheNetwork() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        DownloadSettings settings = settings();
        NetworkFailures failures = new NetworkFailures(settings);
        try (Origin secret = Origin.that(connection -> inside.incrementAndGet());
                Origin origin = Origin.answering(Origin.ascii(
                        "HTTP/1.1 302 Found\r\nLocation: " + secret.url() + "\r\nContent-Length: 0\r\n\r\n"));
                HostLookup lookup = new HostLookup(InetAddress::getAllByName);
                HttpConnections connections = new HttpConnections(settings, publicExample(lookup), failures);
                Deadlines deadlines = new Deadlines(settings.totalTimeout(), settings.readTimeout());
                Deadlines.Attempt attempt = deadlines.begin()) {
            ImageUrl url = ImageUrl.parse(origin.url().replace("127.0.0.1", "public.example"));
            HttpFetcher fetcher = new HttpFetcher(connections, Wanted.WHOLE, 5);

            assertThatThrownBy(() -> fetcher.fetch(url, attempt, HttpBody::bytes))
                    .isInstanceOfSatisfying(
                            ImageFailedException.class,
                            e -> assertThat(e.failure()).isEqualTo(new AddressDenied()));
            assertThat(origin.accepted()).isOne();
            assertThat(inside).hasValue(0);
        }
    }

    /** Stands in for an origin on the internet: one name leads to loopback, all others are up to the policy. */
    private static DnsResolver publicExample(HostLookup lookup) {
        SourceAddressPolicy policy = new SourceAddressPolicy(PrivateNetworks.DENY, lookup);
        return new DnsResolver() {
            @Override
            public InetAddress[] resolve(String host) throws UnknownHostException {
                return host.equals("public.example")
                        ? new InetAddress[] {InetAddress.getLoopbackAddress()}
                        : policy.resolve(host);
            }

            @Override
            public String resolveCanonicalHostname(String host) {
                return host;
            }
        };
    }

    @Test
    void tellsAHostThatDoesNotExist() {
        try (ImageProbe probe = new ImageProbe(settings(), host -> {
            throw new UnknownHostException(host);
        })) {
            ImageFailure failure = failureOf(probe, "http://nowhere.example/");

            assertThat(failure).isEqualTo(new DnsFailure());
            assertThat(failure.retryable()).isTrue();
        }
    }

    @Test
    void countsALookupTowardsTheTotalTimeout() {
        CountDownLatch never = new CountDownLatch(1);
        try (ImageProbe probe = new ImageProbe(settings("total-timeout", "100ms"), host -> {
            awaitForever(never);
            throw new UnknownHostException(host);
        })) {
            assertThat(failureOf(probe, "http://slow.example/"))
                    .isEqualTo(new Timeout("the download took longer than 100ms"));
        }
    }

    @Test
    void aSilentNameServerHoldsUpOnlyItsOwnHosts() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger lookups = new AtomicInteger();
        int port;
        try (Origin origin = Origin.answering(ok(jpeg(3, 4)))) {
            port = Integer.parseInt(origin.url().replaceAll("\\D+\\d+\\.0\\.0\\.1:(\\d+).*", "$1"));
            try (ImageProbe probe =
                    new ImageProbe(settings("private-networks", "allow", "total-timeout", "10s"), host -> {
                        if (host.equals("slow.example")) {
                            lookups.incrementAndGet();
                            awaitForever(never);
                        }
                        return new InetAddress[] {InetAddress.getLoopbackAddress()};
                    })) {
                List<Thread> slow = Stream.generate(
                                () -> Thread.ofVirtual().start(() -> failureOf(probe, "http://slow.example/")))
                        .limit(100)
                        .toList();
                await().until(() -> slow.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING));

                assertThat(probe.measure("http://fast.example:" + port + "/").bytes())
                        .isPositive();
                assertThat(lookups).hasValue(1);
            }
        }
    }

    @Test
    void closingEndsEveryWaitForALookup() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch looking = new CountDownLatch(1);
        ImageProbe probe = new ImageProbe(settings(), host -> {
            looking.countDown();
            awaitForever(never);
            throw new UnknownHostException(host);
        });
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            String url = "http://slow" + i + ".example/";
            callers.add(Thread.ofVirtual().start(() -> failureOf(probe, url)));
        }
        looking.await();

        probe.close();

        for (Thread caller : callers) {
            assertThat(caller.join(Duration.ofSeconds(5))).isTrue();
        }
    }

    private static void awaitForever(CountDownLatch never) {
        try {
            never.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
