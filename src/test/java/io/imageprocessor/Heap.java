package io.imageprocessor;

import java.lang.management.ManagementFactory;

/** Measures the heap of this JVM. A test that uses it must run in its own JVM: {@link OwnProcess}. */
public final class Heap {

    /** The serial collector compacts the whole heap only in every fourth collection. */
    private static final int COLLECTIONS = 4;

    private Heap() {}

    /** Returns the bytes in use after a collection, the minimum of several collections. */
    public static long used() {
        long used = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            used = Math.min(
                    used,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return used;
    }
}
