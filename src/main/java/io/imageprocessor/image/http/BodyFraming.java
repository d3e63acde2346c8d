package io.imageprocessor.image.http;

import java.util.Iterator;
import org.apache.hc.core5.http.ContentLengthStrategy;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpMessage;
import org.apache.hc.core5.http.NotImplementedException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.message.MessageSupport;

/**
 * Determines where the body of a response ends (RFC 9112, section 6.3).
 *
 * <p>Like browsers and curl, it accepts a length or {@code chunked} that is declared several times, and a transfer
 * encoding that is {@code identity} or empty. If the declarations differ, two readers could find two different ends, so
 * it rejects the response. Thread-safe.
 */
final class BodyFraming implements ContentLengthStrategy {

    static final BodyFraming INSTANCE = new BodyFraming();

    /** Any number of so many digits is less than the largest long. */
    private static final int MAX_DIGITS = 18;

    private BodyFraming() {}

    /**
     * Returns the length of the body in bytes, {@link #CHUNKED}, or {@link #UNDEFINED} if the end of the connection is
     * its end.
     *
     * @throws HttpException if the declarations are malformed, unknown, or differ
     */
    @Override
    public long determineLength(HttpMessage response) throws HttpException {
        return response.getFirstHeader(HttpHeaders.TRANSFER_ENCODING) != null && isChunked(response)
                ? CHUNKED
                : contentLength(response);
    }

    private static boolean isChunked(HttpMessage response) throws NotImplementedException {
        boolean chunked = false;
        Iterator<String> codings = MessageSupport.iterateTokens(response, HttpHeaders.TRANSFER_ENCODING);
        while (codings.hasNext()) {
            String coding = codings.next();
            if (coding.equalsIgnoreCase("identity")) {
                continue;
            }
            if (!coding.equalsIgnoreCase("chunked")) {
                throw new NotImplementedException("unsupported transfer encoding");
            }
            chunked = true;
        }
        return chunked;
    }

    private static long contentLength(HttpMessage response) throws ProtocolException {
        long length = UNDEFINED;
        Iterator<Header> headers = response.headerIterator(HttpHeaders.CONTENT_LENGTH);
        while (headers.hasNext()) {
            String value = headers.next().getValue();
            int start = 0;
            while (start <= value.length()) {
                int comma = value.indexOf(',', start);
                int end = comma < 0 ? value.length() : comma;
                long one = number(value, start, end);
                if (length >= 0 && one != length) {
                    throw new ProtocolException("different content lengths");
                }
                length = one;
                start = end + 1;
            }
        }
        return length;
    }

    /** Parses digits, with blanks around them. {@link Long#parseLong} would accept a sign. */
    private static long number(String text, int start, int end) throws ProtocolException {
        int first = start;
        int last = end;
        while (first < last && isBlank(text.charAt(first))) {
            first++;
        }
        while (last > first && isBlank(text.charAt(last - 1))) {
            last--;
        }
        if (first == last || last - first > MAX_DIGITS) {
            throw new ProtocolException("malformed content length");
        }
        long number = 0;
        for (int i = first; i < last; i++) {
            char digit = text.charAt(i);
            if (digit < '0' || digit > '9') {
                throw new ProtocolException("malformed content length");
            }
            number = number * 10 + (digit - '0');
        }
        return number;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    /**
     * Returns whether the end of the body is declared at most once, so that every reader finds the same. If not, what
     * follows the body must not be read as the next response.
     */
    static boolean isUnambiguous(HttpMessage response) {
        Header coding = response.getFirstHeader(HttpHeaders.TRANSFER_ENCODING);
        Header length = response.getFirstHeader(HttpHeaders.CONTENT_LENGTH);
        if (coding == null) {
            return length == null
                    || (length.getValue().indexOf(',') < 0 && isSingle(response, HttpHeaders.CONTENT_LENGTH));
        }
        return length == null
                && coding.getValue().equalsIgnoreCase("chunked")
                && isSingle(response, HttpHeaders.TRANSFER_ENCODING);
    }

    private static boolean isSingle(HttpMessage response, String header) {
        return response.countHeaders(header) == 1;
    }
}
