package io.imageprocessor.image.http;

import static io.imageprocessor.image.Probes.failureOf;
import static io.imageprocessor.image.Probes.measure;
import static io.imageprocessor.image.Probes.probe;
import static io.imageprocessor.image.Probes.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.imageprocessor.image.DownloadSettings;
import io.imageprocessor.image.DownloadSettings.PrivateNetworks;
import io.imageprocessor.image.ImageFailedException;
import io.imageprocessor.image.ImageFailure;
import io.imageprocessor.image.ImageFailure.AddressDenied;
import io.imageprocessor.image.ImageFailure.DnsFailure;
import io.imageprocessor.image.ImageProbe;
import io.imageprocessor.image.Origin;
import io.imageprocessor.image.Photos;
import io.imageprocessor.image.http.RequestFactory.Wanted;
import io.imageprocessor.image.http.SourceAddressPolicy.AddressDeniedException;
import io.imageprocessor.image.url.ImageUrl;
import io.imageprocessor.image.url.SourceUrlPolicy;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.junit.jupiter.api.Test;

class SourceAddressPolicyTest {

    private static final InetAddress OPEN = InetAddress.ofLiteral("1.1.1.1");
    private static final InetAddress CLOSED = InetAddress.ofLiteral("127.0.0.1");

    @Test
    void returnsOnlyAllowedAddresses() throws Exception {
        try (CachingDnsResolver resolver = resolver(host -> new InetAddress[] {CLOSED, OPEN})) {
            assertThat(new SourceAddressPolicy(PrivateNetworks.DENY, resolver).resolve("a.example"))
                    .containsExactly(OPEN);
            assertThat(new SourceAddressPolicy(PrivateNetworks.ALLOW, resolver).resolve("a.example"))
                    .containsExactly(CLOSED, OPEN);
        }
    }

    @Test
    void rejectsAHostWithoutAnAllowedAddress() {
        try (CachingDnsResolver resolver = resolver(host -> new InetAddress[] {CLOSED, InetAddress.ofLiteral("::1")})) {
            SourceAddressPolicy policy = new SourceAddressPolicy(PrivateNetworks.DENY, resolver);

            assertThatThrownBy(() -> policy.resolve("a.example")).isInstanceOf(AddressDeniedException.class);
            assertThatThrownBy(() -> policy.resolve("127.0.0.1")).isInstanceOf(AddressDeniedException.class);
            assertThatThrownBy(() -> policy.resolve("::1")).isInstanceOf(AddressDeniedException.class);
        }
    }

    @Test
    void checksTheAddressAtEveryConnect() throws Exception {
        AtomicInteger lookups = new AtomicInteger();
        AtomicLong now = new AtomicLong();
        List<SocketAddress> connected = new ArrayList<>();
        // Public in the first lookup, private later, like a name server that does DNS rebinding.
        try (CachingDnsResolver resolver = new CachingDnsResolver(
                        host -> new InetAddress[] {lookups.incrementAndGet() == 1 ? OPEN : CLOSED}, 1, now::get);
                PoolingHttpClientConnectionManager pool = new DirectConnections(() -> new RecordingSocket(connected))
                        .setDnsResolver(new SourceAddressPolicy(PrivateNetworks.DENY, resolver))
                        .build()) {
            assertThatThrownBy(() -> connect(pool, "rebind.example")).isInstanceOf(ConnectException.class);
            assertThatThrownBy(() -> connect(pool, "rebind.example")).isInstanceOf(ConnectException.class);
            assertThat(lookups).hasValue(1);

            now.addAndGet(CachingDnsResolver.TTL.toNanos());

            assertThatThrownBy(() -> connect(pool, "rebind.example")).isInstanceOf(AddressDeniedException.class);
            assertThat(lookups).hasValue(2);
            assertThat(connected).containsExactly(new InetSocketAddress(OPEN, 80), new InetSocketAddress(OPEN, 80));
        }
    }

    @Test
    void triesOnlyTheFirstAddressesOfManyAddresses() throws Exception {
        InetAddress[] many = Collections.nCopies(5000, OPEN).toArray(InetAddress[]::new);
        List<SocketAddress> connected = new ArrayList<>();
        try (CachingDnsResolver resolver = resolver(host -> many);
                PoolingHttpClientConnectionManager pool = new DirectConnections(() -> new RecordingSocket(connected))
                        .setDnsResolver(new SourceAddressPolicy(PrivateNetworks.DENY, resolver))
                        .build()) {
            assertThatThrownBy(() -> connect(pool, "many.example")).isInstanceOf(ConnectException.class);

            assertThat(connected).hasSize(8);
        }
    }

    private static void connect(PoolingHttpClientConnectionManager pool, String host) throws Exception {
        ConnectionEndpoint endpoint = pool.lease("", new HttpRoute(new HttpHost("http", host, 80)), null)
                .get(Timeout.ofSeconds(5));
        try {
            pool.connect(endpoint, null, HttpClientContext.create());
        } finally {
            endpoint.close(CloseMode.IMMEDIATE);
            pool.release(endpoint, null, Timeout.ZERO_MILLISECONDS);
        }
    }

    /** Records the addresses of connects, and fails each of them. */
    private static final class RecordingSocket extends Socket {
        private final List<SocketAddress> connected;

        private RecordingSocket(List<SocketAddress> connected) {
            this.connected = connected;
        }

        @Override
        public void connect(SocketAddress address, int timeout) throws IOException {
            connected.add(address);
            throw new ConnectException("expected by this test");
        }
    }

    @Test
    void resolvesOnceForACheckAndItsConnect() throws Exception {
        AtomicInteger lookups = new AtomicInteger();
        try (Origin origin = Origin.answering(Origin.ok(Photos.jpeg(3, 4)));
                ImageProbe probe = probe(settings("private-networks", "allow"), host -> {
                    lookups.incrementAndGet();
                    return new InetAddress[] {CLOSED};
                })) {
            measure(probe, origin.url().replace("127.0.0.1", "a.example"));

            assertThat(lookups).hasValue(1);
        }
    }

    @Test
    void deniesRedirectsIntoTheNetwork() throws Exception {
        DownloadSettings settings = settings();
        NetworkFailures failures = new NetworkFailures(settings);
        try (Origin secret = Origin.answering(Origin.ok(Photos.jpeg(3, 4)));
                Origin origin = Origin.redirecting(secret.url());
                CachingDnsResolver resolver = resolver(InetAddress::getAllByName);
                HttpTransport transport = new HttpTransport(settings, publicExample(resolver), failures);
                TimeoutWatchdog watchdog = new TimeoutWatchdog(settings.totalTimeout(), settings.readTimeout());
                TimeoutWatchdog.Attempt attempt = watchdog.begin()) {
            ImageUrl url = ImageUrl.parse(origin.url().replace("127.0.0.1", "public.example"));
            SourceUrlPolicy urlPolicy = new SourceUrlPolicy(settings);
            HostCircuitBreakers circuitBreakers = new HostCircuitBreakers(settings.readTimeout(), System::nanoTime);
            HttpFetcher fetcher =
                    new HttpFetcher(new RangeFetcher(transport, Wanted.WHOLE), urlPolicy, circuitBreakers, failures, 5);

            assertThatThrownBy(() -> fetcher.fetch(url, attempt, HttpBody::bytes))
                    .isInstanceOfSatisfying(
                            ImageFailedException.class,
                            e -> assertThat(e.failure())
                                    .isEqualTo(new AddressDenied("the host is not on the public internet")));
            assertThat(origin.accepted()).isOne();
            assertThat(secret.accepted()).isZero();
        }
    }

    /** Simulates a public origin: one name resolves to loopback, all others go through the policy. */
    private static DnsResolver publicExample(CachingDnsResolver resolver) {
        SourceAddressPolicy policy = new SourceAddressPolicy(PrivateNetworks.DENY, resolver);
        return new DnsResolver() {
            @Override
            public InetAddress[] resolve(String host) throws UnknownHostException {
                return host.equals("public.example") ? new InetAddress[] {CLOSED} : policy.resolve(host);
            }

            @Override
            public String resolveCanonicalHostname(String host) {
                return host;
            }
        };
    }

    @Test
    void reportsAHostThatDoesNotExist() {
        try (ImageProbe probe = probe(settings(), host -> {
            throw new UnknownHostException(host);
        })) {
            ImageFailure failure = failureOf(probe, "http://nowhere.example/");

            assertThat(failure).isEqualTo(new DnsFailure());
            assertThat(failure.retryable()).isTrue();
        }
    }

    private static CachingDnsResolver resolver(AddressSource source) {
        return new CachingDnsResolver(source, 4, System::nanoTime);
    }
}
