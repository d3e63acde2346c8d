package io.imageprocessor.image;

import io.imageprocessor.image.ImageFailure.NotAnImage;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks a gzip body as it streams, checksum included. Bytes behind the gzip data are ignored, as browsers do. Holds
 * native memory until it is closed. Used by one thread.
 */
final class Gunzip implements AutoCloseable {

    private static final int BUFFER_SIZE = 8 * 1024;

    private final HttpBody packed;
    private final NetworkFailures failures;
    private @Nullable GZIPInputStream stream;
    private @Nullable ImageFailedException packedFailure;
    private long packedBytes;
    private long bytes;
    private boolean complete;

    Gunzip(HttpBody packed, NetworkFailures failures) {
        this.packed = packed;
        this.failures = failures;
    }

    /** Unpacked bytes so far. */
    long bytes() {
        return bytes;
    }

    /**
     * Unpacks at least one byte, waiting for it.
     *
     * @return the number of bytes, or -1 at the end
     */
    int read(byte[] buffer, int offset, int length) throws ImageFailedException {
        int count = complete ? -1 : unpack(buffer, offset, length);
        if (count < 0) {
            complete = true;
        } else {
            bytes += count;
        }
        return count;
    }

    private int unpack(byte[] buffer, int offset, int length) throws ImageFailedException {
        try {
            if (stream == null) {
                stream = new GZIPInputStream(new Packed(), BUFFER_SIZE);
            }
            int count = stream.read(buffer, offset, length);
            if (count < 0) {
                readBeyond();
            }
            return count;
        } catch (EOFException e) {
            if (packedBytes == 0) {
                // Nothing at all is an empty body, whatever it is said to be packed with.
                return -1;
            }
            throw new ImageFailedException(failures.whileReadingBody());
        } catch (IOException e) {
            throw packedFailure != null
                    ? packedFailure
                    : new ImageFailedException(new NotAnImage("the body is not the gzip it is said to be"));
        }
    }

    /** The end of the gzip data is not yet that of the body, and GZIPInputStream hides why it found nothing behind it. */
    private void readBeyond() throws ImageFailedException {
        if (packedFailure != null) {
            throw packedFailure;
        }
        packed.receive(new byte[1], 0, 1);
    }

    /** Ends the inflater; {@link Packed} keeps this from the connection. */
    @Override
    public void close() {
        try {
            if (stream != null) {
                stream.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("nothing is written or read here", e);
        }
    }

    /** What came over the network, as a stream that cannot be closed. */
    private final class Packed extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            try {
                int count = packed.receive(buffer, offset, length);
                packedBytes += Math.max(count, 0);
                return count;
            } catch (ImageFailedException e) {
                packedFailure = e;
                throw new IOException(e);
            }
        }
    }
}
