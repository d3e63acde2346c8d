package io.imageprocessor.image.http;

import io.imageprocessor.image.ImageFailedException;
import io.imageprocessor.image.ImageFailure.HostUnavailable;
import io.imageprocessor.image.url.ImageUrl;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;

/**
 * Leaves hosts alone that do not answer. Each timeout counts, and each answer halves the count; at
 * {@value #TIMEOUTS_TO_OPEN} the circuit of a host opens: attempts fail at once. When it has been open for its time,
 * one attempt is let through on trial, and the others go on failing at once until its outcome is known. An answer,
 * whatever it says, closes the circuit; another timeout opens it for twice as long.
 *
 * <p>It is first open for as long as the read timeout, which the trial waits in vain: a dead host has a download for
 * half of the time then, and less and less as the time doubles, up to {@value #LONGEST_TO_FIRST} read timeouts (40
 * seconds by default): less than an image may wait, so that a host that is back is found to be.
 *
 * <p>Every attempt that {@link #enter entered} has to tell how it ended: {@link #answered}, {@link #timedOut} or, where
 * it was neither, {@link #leave}. Only hosts with a timeout are remembered, so while all hosts are healthy this costs a
 * look at an empty map. Thread-safe.
 */
@Slf4j
public final class HostCircuitBreakers {

    public static final int TIMEOUTS_TO_OPEN = 10;

    /** Far more than can be timing out at once; beyond it, the host that timed out longest ago is forgotten. */
    static final int MAX_HOSTS = 4096;

    private static final int LONGEST_TO_FIRST = 4;

    private final long firstNanos;
    private final long longestNanos;
    private final LongSupplier nanoTime;
    private final Map<Host, Circuit> circuits = new ConcurrentHashMap<>();

    /**
     * @param firstOpen how long a circuit is open the first time
     * @param nanoTime the time as {@link System#nanoTime()} tells it
     */
    public HostCircuitBreakers(Duration firstOpen, LongSupplier nanoTime) {
        this.firstNanos = firstOpen.toNanos();
        this.longestNanos = LONGEST_TO_FIRST * firstNanos;
        this.nanoTime = nanoTime;
    }

    private record Host(String name, int port) {

        static Host of(ImageUrl url) {
            return new Host(url.host(), url.port());
        }
    }

    /**
     * A host that has timed out. Immutable, and so replaced as a whole.
     *
     * @param timeouts counted so far, halved by each answer
     * @param lastTimeout in nanoseconds, as is the next
     * @param openFor how long from then on; 0 while the circuit is closed
     * @param message of the attempts that fail at once; one string for all of them
     * @param trial the attempt that is let through, while there is one
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

        /** Zero or less once an attempt may be let through. */
        long untilTrial(long now) {
            return lastTimeout + openFor - now;
        }

        Circuit with(@Nullable Object newTrial) {
            return new Circuit(timeouts, lastTimeout, openFor, message, newTrial);
        }
    }

    /**
     * Lets an attempt at the host of {@code url} through, or fails as {@code host_unavailable}.
     *
     * @param attempt tells the attempt apart from all others under way
     */
    void enter(ImageUrl url, Object attempt) throws ImageFailedException {
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
        // While a trial is under way, the next will be after another such time, if it does not answer.
        long retryAfter = untilTrial > 0 ? untilTrial : circuit.openFor();
        throw new ImageFailedException(new HostUnavailable(circuit.message(), Duration.ofNanos(retryAfter)));
    }

    /** The host has answered. */
    void answered(ImageUrl url) {
        if (!circuits.isEmpty()) {
            circuits.computeIfPresent(Host.of(url), HostCircuitBreakers::afterAnswer);
        }
    }

    private static @Nullable Circuit afterAnswer(Host host, Circuit circuit) {
        if (circuit.isOpen()) {
            log.info("{} answers again", host.name());
        }
        int timeouts = circuit.timeouts() / 2;
        return timeouts == 0 ? null : new Circuit(timeouts, circuit.lastTimeout(), 0, "", null);
    }

    /**
     * The attempt has waited for the host in vain.
     *
     * @param reason a clause that is safe to show
     */
    void timedOut(ImageUrl url, Object attempt, String reason) {
        long now = nanoTime.getAsLong();
        Host host = Host.of(url);
        // Rare, since each timeout has held a download for seconds: time enough to look through all of them.
        circuits.values().removeIf(circuit -> now - circuit.lastTimeout() > 2 * longestNanos);
        if (circuits.size() >= MAX_HOSTS && !circuits.containsKey(host)) {
            forgetOldest(now);
        }
        circuits.compute(host, (_, circuit) -> afterTimeout(host, circuit, attempt, now, reason));
    }

    private Circuit afterTimeout(Host host, @Nullable Circuit circuit, Object attempt, long now, String reason) {
        if (circuit == null) {
            return new Circuit(1, now, 0, "", null);
        }
        if (circuit.isOpen()) {
            // The others were under way when it opened, and tell nothing new.
            return attempt.equals(circuit.trial())
                    ? opened(circuit.timeouts(), now, Math.min(2 * circuit.openFor(), longestNanos), reason)
                    : circuit;
        }
        int timeouts = circuit.timeouts() + 1;
        return timeouts < TIMEOUTS_TO_OPEN
                ? new Circuit(timeouts, now, 0, "", null)
                : firstOpened(host, timeouts, now, reason);
    }

    private Circuit firstOpened(Host host, int timeouts, long now, String reason) {
        log.info("{} is left alone for a while: {}", host.name(), reason);
        return opened(timeouts, now, firstNanos, reason);
    }

    private static Circuit opened(int timeouts, long now, long openFor, String reason) {
        return new Circuit(timeouts, now, openFor, "the host has not answered lately: " + reason, null);
    }

    private void forgetOldest(long now) {
        circuits.entrySet().stream()
                .max(Comparator.comparingLong(entry -> now - entry.getValue().lastTimeout()))
                .ifPresent(oldest -> circuits.remove(oldest.getKey(), oldest.getValue()));
    }

    /** The attempt has ended and tells nothing of the host; if it was on trial, the next one is. */
    void leave(ImageUrl url, Object attempt) {
        if (circuits.isEmpty()) {
            return;
        }
        Host host = Host.of(url);
        Circuit circuit = circuits.get(host);
        if (circuit != null && attempt.equals(circuit.trial())) {
            circuits.replace(host, circuit, circuit.with(null));
        }
    }

    /** How many hosts are left alone at this moment, at the cost of a look at each that is remembered. */
    public int open() {
        long now = nanoTime.getAsLong();
        return (int) circuits.values().stream()
                .filter(circuit -> circuit.isOpen() && (circuit.untilTrial(now) > 0 || circuit.trial() != null))
                .count();
    }

    /** How many hosts are remembered. */
    int size() {
        return circuits.size();
    }
}
