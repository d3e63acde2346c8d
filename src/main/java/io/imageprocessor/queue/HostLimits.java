package io.imageprocessor.queue;

import io.imageprocessor.image.ImageFailure.Contact;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The hosts that images come from, and how many downloads each may have at once. That is learnt, as TCP learns how much
 * a path carries (RFC 5681): a host starts with few places, gains one with each answer, which doubles them with every
 * round of downloads, and loses half of them with each timeout. So a host that never answers holds few downloads once,
 * and then hardly any.
 *
 * <p>Guarded by the lock of {@link FairJobQueue}.
 */
final class HostLimits {

    /**
     * HostLimits without lines of which is known how many places they have, so that a pause between jobs costs nothing.
     */
    private static final int MAX_REMEMBERED = 4096;

    private final int firstPlaces;
    private final int mostPlaces;

    /** HostLimits with a line that is not worked through. */
    private final Map<String, Host> withLines = new HashMap<>();

    /** Places of hosts without a line, where they are not those of a new host; the longest unused first. */
    private final SequencedMap<String, Integer> rememberedPlaces = new LinkedHashMap<>();

    /**
     * @param firstPlaces downloads at once from a host of which nothing is known; at least 1
     * @param mostPlaces downloads at once from a host that answers; at least as many
     */
    HostLimits(int firstPlaces, int mostPlaces) {
        this.firstPlaces = firstPlaces;
        this.mostPlaces = mostPlaces;
    }

    /** The host of this name, for a new line of images from it. */
    Host ofNewLine(String name) {
        Host host = withLines.computeIfAbsent(name, this::newHost);
        host.lines++;
        return host;
    }

    private Host newHost(String name) {
        Integer places = rememberedPlaces.remove(name);
        return new Host(name, places == null ? firstPlaces : places);
    }

    /**
     * Learns from a download that is over.
     *
     * @return whether the host has gained a place
     */
    boolean learn(Host host, Contact contact) {
        int before = host.places;
        switch (contact) {
            case ANSWERED -> host.places = Math.min(before + 1, mostPlaces);
            case TIMED_OUT -> host.places = Math.max(1, before / 2);
            case NONE -> {}
        }
        return host.places > before;
    }

    /** A line of the host is worked through. */
    void leave(Host host) {
        if (--host.lines == 0) {
            withLines.remove(host.name);
            remember(host);
        }
    }

    private void remember(Host host) {
        if (host.places != firstPlaces) {
            rememberedPlaces.put(host.name, host.places);
            if (rememberedPlaces.size() > MAX_REMEMBERED) {
                rememberedPlaces.pollFirstEntry();
            }
        }
    }

    /** Whether no host has a line that is not worked through. */
    boolean isEmpty() {
        return withLines.isEmpty();
    }
}
