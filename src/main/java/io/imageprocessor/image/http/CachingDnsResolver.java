package io.imageprocessor.image.http;

import io.imageprocessor.image.url.UrlHost;
import io.imageprocessor.logging.FatalErrors;
import io.imageprocessor.logging.RateLimitedLog;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import lombok.extern.slf4j.Slf4j;

/**
 * Resolves host names and caches the addresses for {@link #TTL}.
 *
 * <p>Lookups run on platform threads, because the system's resolver blocks in native code and would pin the carrier of
 * a virtual thread. IP addresses need no lookup. Concurrent lookups of one name share one lookup. There are more
 * threads than downloads can wait for, so that names with silent name servers do not delay other names.
 *
 * <p>Failures are not cached, so that a retry asks again. The cache does not weaken the protection against DNS
 * rebinding: {@link SourceAddressPolicy} checks the addresses at every connect, and only checked addresses are
 * connected to. Thread-safe.
 */
@Slf4j
final class CachingDnsResolver implements AutoCloseable {

    static final Duration TTL = Duration.ofSeconds(30);
    static final int MAX_ENTRIES = 10_000;

    /**
     * Limit of addresses per name. A response may hold thousands, and a connect tries them one after another. A host
     * with more addresses rotates them in its responses anyway.
     */
    static final int MAX_ADDRESSES = 8;

    /** More threads could exceed the limit of a container. Further lookups are queued until nobody waits for them. */
    private static final int MAX_THREADS = 1024;

    /** Bytes; enough for the resolver, and a quarter of the default. */
    private static final int STACK_SIZE = 256 * 1024;

    private final AddressSource source;
    private final LongSupplier nanoTime;
    private final Map<String, Entry> cache = new ConcurrentHashMap<>();
    private final Map<String, Lookup> inFlight = new ConcurrentHashMap<>();
    private final ThreadPoolExecutor threads;
    private final RateLimitedLog faults;

    /**
     * Creates a resolver with an empty cache; threads start on demand.
     *
     * @param waiting the largest number of lookups that callers wait for at once
     * @param nanoTime the time, as {@link System#nanoTime()} returns it
     */
    CachingDnsResolver(AddressSource source, int waiting, LongSupplier nanoTime) {
        this.source = source;
        this.nanoTime = nanoTime;
        faults = new RateLimitedLog(log, nanoTime);
        // Twice as many, because a lookup may continue after its callers have given up.
        int most = (int) Math.min(waiting * 2L, MAX_THREADS);
        threads = new ThreadPoolExecutor(
                most,
                most,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform()
                        .daemon()
                        .name("image-dns-", 0)
                        .stackSize(STACK_SIZE)
                        .factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Returns the first {@value #MAX_ADDRESSES} addresses of {@code host}. Blocks until they are known or the calling
     * thread is interrupted.
     */
    List<InetAddress> resolve(String host) throws UnknownHostException, InterruptedException {
        if (UrlHost.isAddress(host)) {
            return List.of(InetAddress.ofLiteral(host));
        }
        Entry entry = cache.get(host);
        if (entry != null) {
            if (entry.expiry - nanoTime.getAsLong() > 0) {
                return entry.addresses;
            }
            cache.remove(host, entry);
        }
        Lookup created = new Lookup(host);
        Lookup lookup = inFlight.compute(host, (name, current) -> (current == null ? created : current).addWaiter());
        try {
            if (lookup == created) {
                start(created);
            }
            return lookup.result.get();
        } catch (ExecutionException e) {
            UnknownHostException unknown = new UnknownHostException(host);
            unknown.initCause(e.getCause());
            throw unknown;
        } finally {
            removeWaiter(lookup);
        }
    }

    private void start(Lookup lookup) {
        try {
            threads.execute(lookup);
        } catch (RuntimeException | Error e) {
            FatalErrors.haltIfFatal(e);
            // The resolver is closed, or the system cannot create another thread.
            if (!threads.isShutdown()) {
                faults.warn(e, "no thread for a DNS lookup");
            }
            lookup.fail(e);
        }
    }

    private void removeWaiter(Lookup lookup) {
        inFlight.computeIfPresent(lookup.host, (name, current) -> current == lookup ? current.removeWaiter() : current);
    }

    private void store(String host, List<InetAddress> addresses) {
        long now = nanoTime.getAsLong();
        if (cache.size() >= MAX_ENTRIES) {
            cache.values().removeIf(entry -> entry.expiry - now <= 0);
        }
        if (cache.size() < MAX_ENTRIES) {
            cache.put(host, new Entry(addresses, now + TTL.toNanos()));
        }
    }

    /** Fails all lookups in flight and those that follow. */
    @Override
    public void close() {
        threads.shutdownNow();
        // Lookups that are still queued would never complete.
        inFlight.values().forEach(lookup -> lookup.fail(new UnknownHostException("closed")));
    }

    /** Cached addresses, and the time in nanoseconds from which they are out of date. */
    private record Entry(List<InetAddress> addresses, long expiry) {}

    /** A lookup in flight. The number of waiters changes only inside an atomic operation on {@code inFlight}. */
    private final class Lookup implements Runnable {
        private final String host;
        private final CompletableFuture<List<InetAddress>> result = new CompletableFuture<>();
        private int waiters;

        private Lookup(String host) {
            this.host = host;
        }

        private Lookup addWaiter() {
            waiters++;
            return this;
        }

        private Lookup removeWaiter() {
            waiters--;
            return this;
        }

        @Override
        public void run() {
            if (inFlight.computeIfPresent(host, (name, lookup) -> lookup.waiters == 0 ? null : lookup) == null) {
                // All callers gave up while the lookup was queued.
                return;
            }
            try {
                List<InetAddress> addresses =
                        Stream.of(source.addressesOf(host)).limit(MAX_ADDRESSES).toList();
                store(host, addresses);
                inFlight.remove(host, this);
                result.complete(addresses);
            } catch (UnknownHostException e) {
                fail(e);
            } catch (RuntimeException | Error e) {
                FatalErrors.haltIfFatal(e);
                faults.warn(e, "unexpected error during DNS lookup");
                fail(e);
            }
        }

        private void fail(Throwable e) {
            // Removed before the failure is published, so that a later caller starts a new lookup.
            inFlight.remove(host, this);
            result.completeExceptionally(e);
        }
    }
}
