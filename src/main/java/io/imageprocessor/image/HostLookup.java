package io.imageprocessor.image;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Resolves host names on platform threads of its own: the system's resolver blocks in native code, where it would pin the
 * carrier of a virtual thread. Lookups of one name under way at once are one lookup, so a name server that is silent about
 * one host holds one thread, not all. Thread-safe.
 */
final class HostLookup implements AutoCloseable {

    private static final int THREADS = 32;

    private final Source source;
    private final Map<String, CompletableFuture<InetAddress[]>> underWay = new ConcurrentHashMap<>();
    private final ThreadPoolExecutor threads;

    /** Where addresses come from: {@code InetAddress::getAllByName}, save in tests. */
    @FunctionalInterface
    interface Source {
        InetAddress[] addressesOf(String host) throws UnknownHostException;
    }

    HostLookup(Source source) {
        this.source = source;
        threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().daemon().name("image-dns-", 0).factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /** All addresses of {@code host}; waits until they are known or the calling thread is interrupted. */
    InetAddress[] resolve(String host) throws UnknownHostException, InterruptedException {
        CompletableFuture<InetAddress[]> mine = new CompletableFuture<>();
        CompletableFuture<InetAddress[]> other = underWay.putIfAbsent(host, mine);
        if (other == null) {
            start(host, mine);
        }
        try {
            return (other == null ? mine : other).get();
        } catch (ExecutionException e) {
            throw new UnknownHostException(host);
        }
    }

    private void start(String host, CompletableFuture<InetAddress[]> result) {
        try {
            threads.execute(() -> lookUp(host, result));
        } catch (RejectedExecutionException e) {
            // Closed meanwhile.
            underWay.remove(host, result);
            result.completeExceptionally(e);
        }
    }

    private void lookUp(String host, CompletableFuture<InetAddress[]> result) {
        // No longer under way before it is known, or a caller who comes after it would be told the addresses of before.
        try {
            InetAddress[] addresses = source.addressesOf(host);
            underWay.remove(host, result);
            result.complete(addresses);
        } catch (UnknownHostException | RuntimeException | Error e) {
            underWay.remove(host, result);
            result.completeExceptionally(e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        // Those that never began would be waited for without end.
        underWay.values().forEach(result -> result.completeExceptionally(new UnknownHostException("closed")));
    }
}
