package io.imageprocessor.image.http;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.http.message.LazyLineParser;
import org.jspecify.annotations.Nullable;

/**
 * Reads the heads of answers from one connection, and refuses what HttpCore would bear: a head that is within the
 * limits of each line and of their number but adds up to megabytes, interim answers (1xx) without end, a protocol that
 * nobody asked to switch to, and bytes of an answer to nothing. Used by one thread at a time.
 */
final class StrictResponseParser extends DefaultHttpResponseParser {

    private static final int MAX_HEAD = 64 * 1024;
    private static final int MAX_INTERIM_ANSWERS = 10;

    private final Counted counted = new Counted();
    private int interimAnswers;
    private boolean answered;

    StrictResponseParser(Http1Config limits) {
        // Takes only those headers apart that are looked at, and skips no garbage before them.
        super(limits, LazyLineParser.INSTANCE, null);
    }

    /**
     * The origin sent more than the answer it was asked for, so that what comes next cannot be told to be an answer.
     */
    static final class UnsolicitedBytesException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** The next head, or null where the connection ended before it. */
    @Override
    public @Nullable ClassicHttpResponse parse(SessionInputBuffer buffer, InputStream in)
            throws IOException, HttpException {
        if (answered && interimAnswers == 0 && buffer.length() > 0) {
            throw new UnsolicitedBytesException();
        }
        @Nullable ClassicHttpResponse head = super.parse(buffer, counted.from(in));
        if (head == null) {
            return null;
        }
        if (head.getCode() >= HttpStatus.SC_OK) {
            answered = true;
            interimAnswers = 0;
            return head;
        }
        if (head.getCode() == HttpStatus.SC_SWITCHING_PROTOCOLS || ++interimAnswers > MAX_INTERIM_ANSWERS) {
            throw new ProtocolException("An interim answer that was not asked for");
        }
        return head;
    }

    /** Counts what is read for one head; what the connection had buffered before is small. */
    private static final class Counted extends InputStream {
        private InputStream in = InputStream.nullInputStream();
        private int count;

        InputStream from(InputStream source) {
            in = source;
            count = 0;
            return this;
        }

        @Override
        public int read() throws IOException {
            refuseOversized();
            count++;
            return in.read();
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            refuseOversized();
            int read = in.read(buffer, offset, length);
            count += Math.max(read, 0);
            return read;
        }

        private void refuseOversized() throws MessageConstraintException {
            if (count > MAX_HEAD) {
                throw new MessageConstraintException("Maximum size of a head exceeded");
            }
        }
    }
}
