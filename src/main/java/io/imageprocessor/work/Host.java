package io.imageprocessor.work;

import java.util.ArrayDeque;
import java.util.Deque;

/** A host that images come from. Guarded by the lock of {@link FairJobQueue}. */
final class Host {

    final String name;

    /** Downloads from this host that are under way. */
    int downloads;

    /** Lines of images from this host that are not worked through; with the last one the host is forgotten. */
    int lines;

    /** Lines that had their turn while the host was busy. Each download that ends calls one of them back. */
    final Deque<HostLine> passedOver = new ArrayDeque<>(0);

    Host(String name) {
        this.name = name;
    }
}
