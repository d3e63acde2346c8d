package io.imageprocessor.image.http;

import static io.imageprocessor.image.Origin.ok;
import static io.imageprocessor.image.Photos.jpeg;
import static io.imageprocessor.image.Probes.failureOf;
import static io.imageprocessor.image.Probes.measure;
import static io.imageprocessor.image.Probes.probe;
import static io.imageprocessor.image.Probes.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.image.ImageFailure.Timeout;
import io.imageprocessor.image.ImageProbe;
import io.imageprocessor.image.Origin;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CachingDnsResolverTest {

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final CountDownLatch release = new CountDownLatch(1);
    private final Set<String> asked = ConcurrentHashMap.newKeySet();
    private final AtomicInteger lookups = new AtomicInteger();
    private final AtomicLong now = new AtomicLong();

    /** Names that begin with "silent" block until the test releases them, or forever; all others return at once. */
    private InetAddress[] addressesOf(String host) throws UnknownHostException {
        lookups.incrementAndGet();
        asked.add(host);
        if (host.startsWith("silent")) {
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new UnknownHostException(host);
            }
        }
        return new InetAddress[] {LOOPBACK};
    }

    private CachingDnsResolver resolver(int waiting) {
        return new CachingDnsResolver(this::addressesOf, waiting, now::get);
    }

    @Test
    void silentNamesDoNotDelayOthers() throws Exception {
        int silent = 300;
        try (CachingDnsResolver resolver = resolver(256);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < silent; i++) {
                String host = "silent" + i + ".example";
                var _ = callers.submit(() -> resolver.resolve(host));
            }
            await().until(() -> asked.size() == silent);

            Future<List<InetAddress>> healthy = callers.submit(() -> resolver.resolve("healthy.example"));

            assertThat(healthy.get()).containsExactly(LOOPBACK);
            assertThat(asked).hasSize(silent + 1);
            callers.shutdownNow();
        }
    }

    @Test
    void abandonedLookupsDoNotBlockNewOnes() throws Exception {
        try (CachingDnsResolver resolver = resolver(8);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 1; round <= 2; round++) {
                List<Future<?>> waiting = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    String host = "silent" + round + i + ".example";
                    waiting.add(callers.submit(() -> resolver.resolve(host)));
                }
                int begun = round * 8;
                await().until(() -> asked.size() == begun);
                waiting.forEach(waiter -> waiter.cancel(true));
            }
        }
    }

    @Test
    void dropsQueuedLookupsWithoutWaiters() throws Exception {
        try (CachingDnsResolver resolver = resolver(1);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> first = callers.submit(() -> resolver.resolve("silent1.example"));
            Future<?> second = callers.submit(() -> resolver.resolve("silent2.example"));
            await().until(() -> asked.size() == 2);
            Thread abandoned = waiting(resolver, "abandoned.example");
            Thread shared = waiting(resolver, "shared.example");
            Thread patient = waiting(resolver, "shared.example");

            abandoned.interrupt();
            shared.interrupt();
            abandoned.join();
            shared.join();
            release.countDown();

            first.get();
            second.get();
            patient.join();
            assertThat(resolver.resolve("last.example")).containsExactly(LOOPBACK);
            assertThat(asked)
                    .containsExactlyInAnyOrder("silent1.example", "silent2.example", "shared.example", "last.example");
            assertThat(resolver.resolve("abandoned.example")).containsExactly(LOOPBACK);
        }
    }

    private static Thread waiting(CachingDnsResolver resolver, String host) {
        Thread caller = asking(resolver, host);
        await().until(() -> caller.getState() == Thread.State.WAITING);
        return caller;
    }

    private static Thread asking(CachingDnsResolver resolver, String host) {
        return Thread.ofVirtual().start(() -> {
            try {
                resolver.resolve(host);
            } catch (UnknownHostException | InterruptedException e) {
                // The test checks which names were looked up.
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "8.8.8.8", "::1", "2001:db8::7f00:1"})
    void returnsAddressesWithoutALookup(String address) throws Exception {
        try (CachingDnsResolver resolver = resolver(1)) {
            assertThat(resolver.resolve(address)).containsExactly(InetAddress.ofLiteral(address));
            assertThat(asked).isEmpty();
        }
    }

    @Test
    void cachesAddressesForTheTtl() throws Exception {
        try (CachingDnsResolver resolver = resolver(1)) {
            resolver.resolve("a.example");
            now.addAndGet(CachingDnsResolver.TTL.toNanos() - 1);
            resolver.resolve("a.example");
            assertThat(lookups).hasValue(1);

            now.incrementAndGet();

            assertThat(resolver.resolve("a.example")).containsExactly(LOOPBACK);
            assertThat(lookups).hasValue(2);
        }
    }

    @Test
    void limitsTheNumberOfCacheEntries() throws Exception {
        try (CachingDnsResolver resolver = resolver(1)) {
            for (int i = 0; i < CachingDnsResolver.MAX_ENTRIES; i++) {
                resolver.resolve("host" + i + ".example");
            }
            resolver.resolve("late.example");
            resolver.resolve("late.example");
            assertThat(lookups).hasValue(CachingDnsResolver.MAX_ENTRIES + 2);

            now.addAndGet(CachingDnsResolver.TTL.toNanos());
            resolver.resolve("late.example");
            resolver.resolve("late.example");

            assertThat(lookups).hasValue(CachingDnsResolver.MAX_ENTRIES + 3);
        }
    }

    @Test
    void removesAnExpiredEntryWhenItIsFound() throws Exception {
        AtomicBoolean known = new AtomicBoolean(true);
        AddressSource source = host -> {
            if (known.get()) {
                return addressesOf(host);
            }
            throw new UnknownHostException(host);
        };
        try (CachingDnsResolver resolver = new CachingDnsResolver(source, 1, now::get)) {
            resolver.resolve("gone.example");
            now.addAndGet(CachingDnsResolver.TTL.toNanos());
            known.set(false);
            assertThatThrownBy(() -> resolver.resolve("gone.example")).isInstanceOf(UnknownHostException.class);

            // Just before the expiry time: if the entry were still cached, it would be returned.
            now.decrementAndGet();

            assertThatThrownBy(() -> resolver.resolve("gone.example")).isInstanceOf(UnknownHostException.class);
        }
    }

    @Test
    void returnsOnlyTheFirstAddressesOfManyAddresses() throws Exception {
        InetAddress[] many = IntStream.range(0, 5000)
                .mapToObj(i -> InetAddress.ofLiteral("1.1." + i / 250 + "." + i % 250))
                .toArray(InetAddress[]::new);
        try (CachingDnsResolver resolver = new CachingDnsResolver(host -> many, 1, now::get)) {
            List<InetAddress> first = List.of(many).subList(0, 8);
            assertThat(resolver.resolve("many.example")).isEqualTo(first);
            assertThat(resolver.resolve("many.example")).isEqualTo(first);
        }
    }

    @Test
    void doesNotCacheFailures() throws Exception {
        AtomicBoolean known = new AtomicBoolean();
        AddressSource source = host -> {
            if (known.get()) {
                return new InetAddress[] {LOOPBACK};
            }
            throw new UnknownHostException(host);
        };
        try (CachingDnsResolver resolver = new CachingDnsResolver(source, 1, now::get)) {
            assertThatThrownBy(() -> resolver.resolve("a.example")).isInstanceOf(UnknownHostException.class);

            known.set(true);

            assertThat(resolver.resolve("a.example")).containsExactly(LOOPBACK);
        }
    }

    @Test
    void countsALookupTowardsTheTotalTimeout() {
        try (ImageProbe probe = probe(settings("total-timeout", "100ms"), this::addressesOf)) {
            assertThat(failureOf(probe, "http://silent.example/"))
                    .isEqualTo(new Timeout("the download took longer than 100ms"));
        }
    }

    @Test
    void sharesOneLookupBetweenAllWaitersForAName() throws Exception {
        try (Origin origin = Origin.answering(ok(jpeg(3, 4)));
                ImageProbe probe =
                        probe(settings("private-networks", "allow", "total-timeout", "10s"), this::addressesOf)) {
            List<Thread> slow = Stream.generate(
                            () -> Thread.ofVirtual().start(() -> failureOf(probe, "http://silent.example/")))
                    .limit(100)
                    .toList();
            await().until(() -> slow.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING));

            assertThat(measure(probe, origin.url().replace("127.0.0.1", "fast.example"))
                            .bytes())
                    .isPositive();
            assertThat(lookups).hasValue(2);
        }
    }

    @Test
    void closingEndsEveryWaitForALookup() throws Exception {
        CachingDnsResolver resolver = resolver(2);
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            callers.add(asking(resolver, "silent" + i + ".example"));
        }
        await().until(() -> callers.stream().allMatch(caller -> caller.getState() == Thread.State.WAITING));

        resolver.close();

        for (Thread caller : callers) {
            assertThat(caller.join(Duration.ofSeconds(5))).isTrue();
        }
        assertThatThrownBy(() -> resolver.resolve("a.example")).isInstanceOf(UnknownHostException.class);
    }
}
