package io.imageprocessor;

import java.lang.management.ManagementFactory;

/** The heap of the tests' JVM. */
public final class Heap {

    private Heap() {}

    /** Bytes that are still in use after a collection, the least of three. */
    public static long used() {
        long used = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            used = Math.min(
                    used,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return used;
    }
}
