package io.imageprocessor.image.http;

import io.imageprocessor.image.url.UrlHost;
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
 * Resolves host names on platform threads of its own: the system's resolver blocks in native code, where it would pin
 * the carrier of a virtual thread. Addresses are taken as they are, without a thread. Lookups of one name under way at
 * once are one lookup, and there are threads for more lookups than downloads can wait for, so that a name does not
 * stand in line behind those whose name servers are silent. Thread-safe.
 *
 * <p>Answers are remembered for a short while; failures are not, so that a retry asks again. What is remembered weakens
 * no protection: {@link SourceAddressPolicy} checks the addresses at every connect, wherever they come from, and
 * exactly those are connected to.
 */
@Slf4j
public final class CachingDnsResolver implements AutoCloseable {

    static final Duration REMEMBERED = Duration.ofSeconds(30);
    static final int MOST_REMEMBERED = 10_000;

    /**
     * Of one name. An answer may have thousands, and a connect tries one after the other until one takes it; who has
     * more than these takes turns between them anyway.
     */
    static final int MOST_ADDRESSES = 8;

    /**
     * With more of them, a container might reach its limit. Lookups beyond stand in line, until nobody waits for them.
     */
    private static final int MOST_THREADS = 1024;

    /** What the resolver needs, and a quarter of what a thread may otherwise take. */
    private static final int STACK_SIZE = 256 * 1024;

    private final Source source;
    private final LongSupplier nanoTime;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final Map<String, Lookup> underWay = new ConcurrentHashMap<>();
    private final ThreadPoolExecutor threads;
    private final RateLimitedLog faults;

    /** Where addresses come from: {@code InetAddress::getAllByName}, save in tests. */
    @FunctionalInterface
    public interface Source {
        InetAddress[] addressesOf(String host) throws UnknownHostException;
    }

    /**
     * Starts no thread yet.
     *
     * @param waiting lookups that are waited for at once, at most
     * @param nanoTime as {@link System#nanoTime}
     */
    public CachingDnsResolver(Source source, int waiting, LongSupplier nanoTime) {
        this.source = source;
        this.nanoTime = nanoTime;
        faults = new RateLimitedLog(log, nanoTime);
        // Twice as many, since the resolver may go on for a while after those who waited have given up.
        int most = (int) Math.min(waiting * 2L, MOST_THREADS);
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
     * The addresses of {@code host}, the first {@value #MOST_ADDRESSES} of them; waits until they are known or the
     * calling thread is interrupted.
     */
    List<InetAddress> resolve(String host) throws UnknownHostException, InterruptedException {
        if (UrlHost.isAddress(host)) {
            return List.of(InetAddress.ofLiteral(host));
        }
        Answer answer = answers.get(host);
        if (answer != null) {
            if (answer.expiry - nanoTime.getAsLong() > 0) {
                return answer.addresses;
            }
            answers.remove(host, answer);
        }
        Lookup mine = new Lookup(host);
        Lookup lookup = underWay.compute(host, (name, begun) -> (begun == null ? mine : begun).joined());
        try {
            if (lookup == mine) {
                start(mine);
            }
            return lookup.result.get();
        } catch (ExecutionException e) {
            UnknownHostException unknown = new UnknownHostException(host);
            unknown.initCause(e.getCause());
            throw unknown;
        } finally {
            leave(lookup);
        }
    }

    private void start(Lookup lookup) {
        try {
            threads.execute(lookup);
        } catch (RuntimeException | Error e) {
            // Closed meanwhile, or the system has no further thread.
            if (!threads.isShutdown()) {
                faults.warn(e, "no thread for a DNS lookup");
            }
            lookup.fail(e);
        }
    }

    private void leave(Lookup lookup) {
        underWay.computeIfPresent(lookup.host, (name, current) -> current == lookup ? current.left() : current);
    }

    private void remember(String host, List<InetAddress> addresses) {
        long now = nanoTime.getAsLong();
        if (answers.size() >= MOST_REMEMBERED) {
            answers.values().removeIf(answer -> answer.expiry - now <= 0);
        }
        if (answers.size() < MOST_REMEMBERED) {
            answers.put(host, new Answer(addresses, now + REMEMBERED.toNanos()));
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        // Those that never began would be waited for without end.
        underWay.values().forEach(lookup -> lookup.fail(new UnknownHostException("closed")));
    }

    /** Addresses, and the nanosecond from which they are no longer taken for granted. */
    private record Answer(List<InetAddress> addresses, long expiry) {}

    /**
     * A lookup under way. The number of those who wait for it changes only while it is held fast in {@code underWay}.
     */
    private final class Lookup implements Runnable {
        private final String host;
        private final CompletableFuture<List<InetAddress>> result = new CompletableFuture<>();
        private int waiting;

        private Lookup(String host) {
            this.host = host;
        }

        private Lookup joined() {
            waiting++;
            return this;
        }

        private Lookup left() {
            waiting--;
            return this;
        }

        @Override
        public void run() {
            if (underWay.computeIfPresent(host, (name, lookup) -> lookup.waiting == 0 ? null : lookup) == null) {
                // All who waited have given up while it stood in line.
                return;
            }
            try {
                List<InetAddress> addresses = Stream.of(source.addressesOf(host))
                        .limit(MOST_ADDRESSES)
                        .toList();
                remember(host, addresses);
                underWay.remove(host, this);
                result.complete(addresses);
            } catch (UnknownHostException e) {
                fail(e);
            } catch (RuntimeException | Error e) {
                faults.warn(e, "unexpected error during DNS lookup");
                fail(e);
            }
        }

        private void fail(Throwable e) {
            // No longer under way before it is known, or a caller who comes after it would be told the failure of
            // before.
            underWay.remove(host, this);
            result.completeExceptionally(e);
        }
    }
}
