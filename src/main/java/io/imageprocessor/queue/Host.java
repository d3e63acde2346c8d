package io.imageprocessor.queue;

import java.util.ArrayDeque;
import java.util.Deque;

/** A host that images are downloaded from. Guarded by the lock of {@link FairJobQueue}. */
final class Host {

    final String name;

    /** The limit of concurrent downloads. More can be running for a while after it was lowered. */
    int concurrencyLimit;

    /** Running downloads; each holds a host permit. */
    int downloads;

    /** Queues of images from this host that are not finished. */
    int queues;

    /** Queues that were next while the host was at its limit. Each permit that becomes free resumes one of them. */
    final Deque<HostQueue> blocked = new ArrayDeque<>(0);

    Host(String name, int concurrencyLimit) {
        this.name = name;
        this.concurrencyLimit = concurrencyLimit;
    }

    boolean isAtLimit() {
        return downloads >= concurrencyLimit;
    }

    /** Downloads that may start now; negative for a while after the limit was lowered. */
    int freePermits() {
        return concurrencyLimit - downloads;
    }
}
