package io.imageprocessor.queue;

import io.imageprocessor.image.ImageFailure.Contact;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Adapts the concurrency limit of each host by additive increase and multiplicative decrease, as TCP does (RFC 5681). A
 * new host has a low limit. Each answer raises it by one, which doubles it with every round of downloads; each timeout
 * halves it. So a host that never answers holds few downloads at first, and then hardly any.
 *
 * <p>Guarded by the lock of {@link FairJobQueue}.
 */
final class HostLimits {

    /** Hosts without queues whose limit is remembered, so that it outlives a pause between jobs. */
    private static final int MAX_REMEMBERED = 4096;

    private final int initialLimit;
    private final int maxLimit;

    /** Hosts with an unfinished queue. */
    private final Map<String, Host> active = new HashMap<>();

    /** Limits of hosts without a queue that differ from the initial one; the longest unused first. */
    private final SequencedMap<String, Integer> remembered = new LinkedHashMap<>();

    /**
     * @param initialLimit concurrent downloads from a new host; at least 1
     * @param maxLimit concurrent downloads from a host that answers; at least {@code initialLimit}
     */
    HostLimits(int initialLimit, int maxLimit) {
        this.initialLimit = initialLimit;
        this.maxLimit = maxLimit;
    }

    /** Returns the host of this name, and counts a new queue of it. */
    Host addQueue(String name) {
        Host host = active.computeIfAbsent(name, this::create);
        host.queues++;
        return host;
    }

    private Host create(String name) {
        Integer limit = remembered.remove(name);
        return new Host(name, limit == null ? initialLimit : limit);
    }

    /**
     * Updates the limit of a host after a download ended.
     *
     * @return whether the limit was raised
     */
    boolean update(Host host, Contact contact) {
        int before = host.concurrencyLimit;
        switch (contact) {
            case ANSWERED -> host.concurrencyLimit = Math.min(before + 1, maxLimit);
            case TIMED_OUT -> host.concurrencyLimit = Math.max(1, before / 2);
            case NONE -> {}
        }
        return host.concurrencyLimit > before;
    }

    /** Counts a queue of the host as finished. A host without queues is removed, and its limit remembered. */
    void removeQueue(Host host) {
        if (--host.queues == 0) {
            active.remove(host.name);
            remember(host);
        }
    }

    private void remember(Host host) {
        if (host.concurrencyLimit != initialLimit) {
            remembered.put(host.name, host.concurrencyLimit);
            if (remembered.size() > MAX_REMEMBERED) {
                remembered.pollFirstEntry();
            }
        }
    }

    /** Whether no host has an unfinished queue. */
    boolean isEmpty() {
        return active.isEmpty();
    }
}
