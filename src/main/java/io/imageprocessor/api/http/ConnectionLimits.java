package io.imageprocessor.api.http;

/**
 * Limits of connections. Each has buffers from its first byte on, whether or not its request is complete.
 *
 * @param connections largest number of open connections
 * @param held largest number of those whose requests wait for a job or listen to its events; so that new clients can
 *     always connect
 */
public record ConnectionLimits(int connections, int held) {

    /** Tomcat's default. */
    private static final int MAX_CONNECTIONS = 8_192;

    /** Even the smallest heap serves some clients. */
    private static final int MIN_CONNECTIONS = 64;

    private static final int MAX_HELD = 4_000;

    /** Buffers of the connection, of the request and of the response; a held request has some more. */
    private static final long BYTES_PER_CONNECTION = 64 << 10;

    /** What the service needs itself; half of the rest is for jobs. */
    private static final long SERVICE_BYTES = 64L << 20;

    private static final int SHARE_OF_REST = 6;

    /** Returns the limits for a heap of at most so many bytes. */
    public static ConnectionLimits ofHeap(long maxMemory) {
        int connections = Math.clamp(
                (maxMemory - SERVICE_BYTES) / SHARE_OF_REST / BYTES_PER_CONNECTION, MIN_CONNECTIONS, MAX_CONNECTIONS);
        return new ConnectionLimits(connections, Math.min(MAX_HELD, connections / 4 * 3));
    }
}
