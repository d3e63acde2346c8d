package io.imageprocessor.queue;

import java.util.ArrayDeque;
import java.util.Deque;

/** A host that images come from. Guarded by the lock of {@link FairJobQueue}. */
final class Host {

    final String name;

    /** How many downloads from this host may be under way; at times there are more, when it has just been lowered. */
    int places;

    /** Downloads from this host that are under way. */
    int downloads;

    /** Lines of images from this host that are not worked through. */
    int lines;

    /** Lines that had their turn while the host was busy. Each place that comes free calls one of them back. */
    final Deque<HostQueue> passedOver = new ArrayDeque<>(0);

    Host(String name, int places) {
        this.name = name;
        this.places = places;
    }

    boolean isBusy() {
        return downloads >= places;
    }

    /** How many more downloads may begin; fewer than none when its places have just become fewer. */
    int freePlaces() {
        return places - downloads;
    }
}
