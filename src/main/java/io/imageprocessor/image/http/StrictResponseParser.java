package io.imageprocessor.image.http;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HeaderElements;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.http.message.LazyLineParser;
import org.jspecify.annotations.Nullable;

/**
 * Parses the response headers of one connection, with stricter limits than HttpCore.
 *
 * <p>HttpCore limits only the length and the number of header lines. This parser also rejects a header of more than 64
 * KB, endless interim responses (1xx), a protocol switch that was not requested, and bytes that are not a response to a
 * request. It accepts the violations that {@link HeaderLines} repairs, and then lets the connection close after the
 * response. Used by one thread at a time.
 */
final class StrictResponseParser extends DefaultHttpResponseParser {

    private static final int MAX_INTERIM_RESPONSES = 10;

    private int interimResponses;
    private boolean responded;
    private boolean irregular;

    StrictResponseParser(Http1Config limits) {
        // The lazy parser parses only header fields that are read, and accepts no bytes before the status line.
        super(limits, LazyLineParser.INSTANCE, null);
    }

    /** Reports that the origin sent bytes after its response, so that the next response cannot be recognized. */
    static final class UnsolicitedBytesException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** Returns the next response without its body, or null if the connection ended before it. */
    @Override
    public @Nullable ClassicHttpResponse parse(SessionInputBuffer buffer, InputStream in)
            throws IOException, HttpException {
        if (responded && interimResponses == 0 && buffer.length() > 0) {
            throw new UnsolicitedBytesException();
        }
        HeaderLines lines = new HeaderLines(buffer);
        @Nullable ClassicHttpResponse response = super.parse(lines, in);
        if (response == null) {
            return null;
        }
        irregular |= lines.irregular();
        if (irregular) {
            // What follows the body may be parsed wrongly, so the connection must not be reused.
            response.removeHeaders(HttpHeaders.CONNECTION);
            response.setHeader(HttpHeaders.CONNECTION, HeaderElements.CLOSE);
        }
        if (response.getCode() >= HttpStatus.SC_OK) {
            responded = true;
            interimResponses = 0;
            return response;
        }
        if (response.getCode() == HttpStatus.SC_SWITCHING_PROTOCOLS || ++interimResponses > MAX_INTERIM_RESPONSES) {
            throw new ProtocolException("unexpected interim response");
        }
        return response;
    }
}
