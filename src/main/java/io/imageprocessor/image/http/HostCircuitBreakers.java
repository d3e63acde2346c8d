package io.imageprocessor.image.http;

import io.imageprocessor.image.ImageFailedException;
import io.imageprocessor.image.ImageFailure.HostUnavailable;
import io.imageprocessor.image.url.ImageUrl;
import io.imageprocessor.logging.RateLimitedLog;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one circuit breaker per host and port, and rejects attempts at hosts that do not respond.
 *
 * <p>Each timeout adds one to a host's count; each response halves it. At {@value #TIMEOUTS_TO_OPEN} the circuit opens:
 * attempts fail at once. When the open time is over, the circuit is half-open: one attempt is permitted as a trial, and
 * all others still fail at once until its outcome is known. A response with any status closes the circuit. Another
 * timeout opens it for twice as long.
 *
 * <p>The first open time is the read timeout, which is also how long a failed trial takes. So a dead host occupies a
 * download for half of the time at first, and for less as the open time doubles. The open time is at most
 * {@value #MAX_OPEN_TO_FIRST} read timeouts (40 seconds by default). That is less than an image may wait, so that a
 * host that recovers is noticed in time.
 *
 * <p>Every attempt with a {@link #acquirePermission permission} must report its end by exactly one of
 * {@link #recordResponse}, {@link #recordTimeout} and {@link #releasePermission}. Only hosts with a timeout are stored,
 * so while all hosts are healthy the cost is one check of an empty map. Thread-safe.
 *
 * <p>Written by hand: libraries such as Resilience4j keep one breaker per name without a limit on names, and URLs from
 * clients would add names without end.
 */
@Slf4j
final class HostCircuitBreakers {

    static final int TIMEOUTS_TO_OPEN = 10;

    /** More than can time out at once. Beyond it, the host with the oldest timeout is removed. */
    static final int MAX_HOSTS = 4096;

    /** A job may have thousands of hosts that do not respond. */
    private static final RateLimitedLog EVENTS = RateLimitedLog.ofEvents(log);

    private static final int MAX_OPEN_TO_FIRST = 4;

    private final long firstOpenNanos;
    private final long maxOpenNanos;
    private final LongSupplier nanoTime;
    private final Map<Host, Circuit> circuits = new ConcurrentHashMap<>();

    /**
     * Creates breakers that are all closed.
     *
     * @param firstOpen how long a circuit is open the first time
     * @param nanoTime the time, as {@link System#nanoTime()} returns it
     */
    HostCircuitBreakers(Duration firstOpen, LongSupplier nanoTime) {
        this.firstOpenNanos = firstOpen.toNanos();
        this.maxOpenNanos = MAX_OPEN_TO_FIRST * firstOpenNanos;
        this.nanoTime = nanoTime;
    }

    private record Host(String name, int port) {

        static Host of(ImageUrl url) {
            return new Host(url.host(), url.port());
        }
    }

    /**
     * The state of a host that has timed out. Immutable, and replaced as a whole.
     *
     * @param timeouts the count, halved by each response
     * @param lastTimeout time in nanoseconds
     * @param openFor nanoseconds after {@code lastTimeout}; 0 while the circuit is closed
     * @param message message of rejected attempts; one string for all of them
     * @param trial the trial attempt, while there is one
     */
    private record Circuit(
            int timeouts,
            long lastTimeout,
            long openFor,
            String message,
            @Nullable Object trial) {

        boolean isOpen() {
            return openFor > 0;
        }

        /** Returns the nanoseconds until a trial is permitted, zero or less if it is permitted now. */
        long untilTrial(long now) {
            return lastTimeout + openFor - now;
        }

        Circuit with(@Nullable Object newTrial) {
            return new Circuit(timeouts, lastTimeout, openFor, message, newTrial);
        }
    }

    /**
     * Permits an attempt at the host of {@code url}, or fails as {@code host_unavailable} if its circuit is open.
     *
     * @param attempt identity of the attempt among all attempts in flight
     */
    void acquirePermission(ImageUrl url, Object attempt) throws ImageFailedException {
        if (circuits.isEmpty()) {
            return;
        }
        Host host = Host.of(url);
        Circuit circuit = circuits.get(host);
        if (circuit == null || !circuit.isOpen()) {
            return;
        }
        long untilTrial = circuit.untilTrial(nanoTime.getAsLong());
        if (untilTrial <= 0 && circuit.trial() == null && circuits.replace(host, circuit, circuit.with(attempt))) {
            return;
        }
        // If the trial in flight fails, the next trial is not before another open time.
        long retryAfter = untilTrial > 0 ? untilTrial : circuit.openFor();
        throw new ImageFailedException(new HostUnavailable(circuit.message(), Duration.ofNanos(retryAfter)));
    }

    /** Records that the host has responded. */
    void recordResponse(ImageUrl url) {
        if (!circuits.isEmpty()) {
            circuits.computeIfPresent(Host.of(url), HostCircuitBreakers::afterResponse);
        }
    }

    private static @Nullable Circuit afterResponse(Host host, Circuit circuit) {
        if (circuit.isOpen()) {
            EVENTS.info("circuit closed for {}", host.name());
        }
        int timeouts = circuit.timeouts() / 2;
        return timeouts == 0 ? null : new Circuit(timeouts, circuit.lastTimeout(), 0, "", null);
    }

    /**
     * Records that the host has not responded in time.
     *
     * @param reason a clause that is safe to show to clients
     */
    void recordTimeout(ImageUrl url, Object attempt, String reason) {
        long now = nanoTime.getAsLong();
        Host host = Host.of(url);
        // A scan of all entries is cheap enough: each timeout has already occupied a download for seconds.
        circuits.values().removeIf(circuit -> now - circuit.lastTimeout() > 2 * maxOpenNanos);
        if (circuits.size() >= MAX_HOSTS && !circuits.containsKey(host)) {
            removeOldest(now);
        }
        circuits.compute(host, (_, circuit) -> afterTimeout(host, circuit, attempt, now, reason));
    }

    private Circuit afterTimeout(Host host, @Nullable Circuit circuit, Object attempt, long now, String reason) {
        if (circuit == null) {
            return new Circuit(1, now, 0, "", null);
        }
        if (circuit.isOpen()) {
            // Only the trial counts: the other attempts started before the circuit opened.
            return attempt.equals(circuit.trial())
                    ? opened(circuit.timeouts(), now, Math.min(2 * circuit.openFor(), maxOpenNanos), reason)
                    : circuit;
        }
        int timeouts = circuit.timeouts() + 1;
        return timeouts < TIMEOUTS_TO_OPEN
                ? new Circuit(timeouts, now, 0, "", null)
                : firstOpened(host, timeouts, now, reason);
    }

    private Circuit firstOpened(Host host, int timeouts, long now, String reason) {
        EVENTS.info("circuit opened for {}: {}", host.name(), reason);
        return opened(timeouts, now, firstOpenNanos, reason);
    }

    private static Circuit opened(int timeouts, long now, long openFor, String reason) {
        return new Circuit(timeouts, now, openFor, "the host has not answered lately: " + reason, null);
    }

    private void removeOldest(long now) {
        circuits.entrySet().stream()
                .max(Comparator.comparingLong(entry -> now - entry.getValue().lastTimeout()))
                .ifPresent(oldest -> circuits.remove(oldest.getKey(), oldest.getValue()));
    }

    /** Records that the attempt ended without evidence about the host; if it was the trial, another may follow. */
    void releasePermission(ImageUrl url, Object attempt) {
        if (circuits.isEmpty()) {
            return;
        }
        Host host = Host.of(url);
        Circuit circuit = circuits.get(host);
        if (circuit != null && attempt.equals(circuit.trial())) {
            circuits.replace(host, circuit, circuit.with(null));
        }
    }

    /** Returns the number of hosts whose attempts are rejected now. Scans all stored hosts. */
    int openCircuits() {
        long now = nanoTime.getAsLong();
        return (int) circuits.values().stream()
                .filter(circuit -> circuit.isOpen() && (circuit.untilTrial(now) > 0 || circuit.trial() != null))
                .count();
    }

    /** Returns the number of stored hosts. */
    int size() {
        return circuits.size();
    }
}
