package io.imageprocessor.job;

/**
 * Shares of the heap for what clients make this process hold.
 *
 * @param jobs bytes for jobs, from the first byte of their submission until they are removed
 * @param others bytes for what outlives or precedes the jobs: idempotency keys in memory, or claimed slices with a
 *     database
 */
public record HeapLimits(long jobs, long others) {

    /** What the service needs itself: its classes and beans, the web server, 256 downloads. */
    private static final long SERVICE_BYTES = 64L << 20;

    /** The other half is for answers, held requests, the store master, and for the collector to work in. */
    private static final int SHARE_OF_REST = 2;

    /** In a heap that is hardly larger than what the service needs, clients still get a little. */
    private static final int SHARE_OF_SMALL_HEAP = 8;

    private static final int SHARE_OF_OTHERS = 8;

    /**
     * Divides a heap.
     *
     * @param maxMemory its largest size, as {@link Runtime#maxMemory()} returns it
     */
    public static HeapLimits ofHeap(long maxMemory) {
        long clients = Math.max((maxMemory - SERVICE_BYTES) / SHARE_OF_REST, maxMemory / SHARE_OF_SMALL_HEAP);
        long others = clients / SHARE_OF_OTHERS;
        return new HeapLimits(clients - others, others);
    }
}
