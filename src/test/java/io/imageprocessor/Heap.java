package io.imageprocessor;

import java.lang.management.ManagementFactory;

/** The heap of the tests' JVM. Who measures it needs a JVM without other tests: {@link OwnProcess}. */
public final class Heap {

    /** The serial collector leaves some garbage where it is, except at every fourth collection. */
    private static final int COLLECTIONS = 4;

    private Heap() {}

    /** Bytes that are still in use after a collection, the least of some. */
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
