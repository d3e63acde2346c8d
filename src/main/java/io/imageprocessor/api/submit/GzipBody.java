package io.imageprocessor.api.submit;

import io.imageprocessor.api.RejectedException;
import io.imageprocessor.gzip.GzipDecoder;
import io.imageprocessor.gzip.GzipException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Decodes the gzip body of a submission. Decodes all members, and fails with 400 if the body is not valid gzip to its
 * last byte. Not thread-safe.
 */
final class GzipBody extends FilterInputStream {

    GzipBody(InputStream compressed) {
        super(GzipDecoder.ofAllMembers(compressed));
    }

    @Override
    public int read() throws IOException {
        try {
            return super.read();
        } catch (GzipException e) {
            throw rejected(e);
        }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        try {
            return super.read(target, offset, length);
        } catch (GzipException e) {
            throw rejected(e);
        }
    }

    private static RejectedException rejected(GzipException e) {
        String message = switch (e.reason()) {
            case TRUNCATED -> "the gzip body is cut off";
            case DAMAGED -> "the body is not the gzip that Content-Encoding says it is";
        };
        return (RejectedException) RejectedException.badRequest(message).initCause(e);
    }
}
