package io.imageprocessor.api.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import lombok.extern.slf4j.Slf4j;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Request;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/**
 * Reads away the body of a request that has its response, because a client that still sends would lose the response
 * with the connection. It reads up to a number of bytes, for a short time, and waits for few clients at a time.
 * Thread-safe.
 */
@Slf4j
final class UnreadBodies {

    /** A connection stays open after a body of at most this size. */
    static final DataSize KEEP_ALIVE = DataSize.ofKilobytes(64);

    private static final Duration MAX_TIME = Duration.ofSeconds(2);

    private final Semaphore clients;
    private volatile long maxBytes = KEEP_ALIVE.toBytes();

    /** @param maxClients whose bodies are waited for; each holds a request thread */
    UnreadBodies(int maxClients) {
        clients = new Semaphore(maxClients);
    }

    /** Sets the largest size of a body that is read away. */
    void maxBytes(DataSize bytes) {
        maxBytes = bytes.toBytes();
    }

    /** Returns whether the connection can stay open, because its body was short and has arrived in time. */
    boolean readAway(Request request, SocketWrapperBase<?> connection, ClientChannel client) {
        if (request.hasExpectation() && request.getBytesRead() == 0) {
            // The client waits for a permission to send its body, which it did not get.
            return false;
        }
        long readTimeout = connection.getReadTimeout();
        connection.setReadTimeout(MAX_TIME.toMillis());
        client.readUntil(System.nanoTime() + MAX_TIME.toNanos());
        try {
            // A read of a chunked body waits for the end of a chunk's head.
            long bytes = request.getContentLengthLong() < 0 ? 0 : readArrived(request, 0);
            if (!isRead(request) && bytes <= maxBytes) {
                bytes = readMore(request, bytes);
            }
            return bytes <= KEEP_ALIVE.toBytes() && isRead(request);
        } catch (IOException e) {
            log.debug("client disconnected, or its body did not arrive in time", e);
            return false;
        } finally {
            client.readWithoutEnd();
            connection.setReadTimeout(readTimeout);
        }
    }

    /** Reads what arrives within the time, if there are not too many such clients already. */
    private long readMore(Request request, long before) throws IOException {
        if (!clients.tryAcquire()) {
            return before;
        }
        try {
            long bytes = before;
            while (!isRead(request) && bytes <= maxBytes) {
                bytes += read(request);
            }
            return bytes;
        } finally {
            clients.release();
        }
    }

    /** Reads what has arrived already, without waiting, and returns the number of bytes so far. */
    private long readArrived(Request request, long before) throws IOException {
        long bytes = before;
        while (!isRead(request) && bytes <= maxBytes && hasArrived(request)) {
            bytes += read(request);
        }
        return bytes;
    }

    private static int read(Request request) throws IOException {
        return Math.max(request.doRead(new Discarded()), 0);
    }

    private static boolean hasArrived(Request request) {
        request.action(ActionCode.AVAILABLE, true);
        return request.getAvailable() > 0;
    }

    static boolean isRead(Request request) {
        AtomicBoolean read = new AtomicBoolean();
        request.action(ActionCode.REQUEST_BODY_FULLY_READ, read);
        return read.get();
    }

    /** Gets the bytes of one read. */
    private static final class Discarded implements ApplicationBufferHandler {

        private @Nullable ByteBuffer bytes;

        @Override
        public void setByteBuffer(ByteBuffer buffer) {
            bytes = buffer;
        }

        @Override
        public @Nullable ByteBuffer getByteBuffer() {
            return bytes;
        }

        @Override
        public void expand(int size) {}
    }
}
