package io.imageprocessor.image.http;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.MessageHeaders;

/**
 * The range of bytes that a response with status 206 holds (RFC 9110, section 14.4).
 *
 * @param first position of the first byte
 * @param last position of the last byte
 * @param fileLength length of the file in bytes, or -1 if the origin does not know it
 */
record ContentRange(long first, long last, long fileLength) {

    /** At most 18 digits, so that every number fits into a long. */
    private static final Pattern BYTES =
            Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(?:(\\d{1,18})|\\*)", Pattern.CASE_INSENSITIVE);

    /** Returns the range that {@code response} declares, or empty if it declares no valid range. */
    static Optional<ContentRange> of(MessageHeaders response) {
        Header header = response.getFirstHeader(HttpHeaders.CONTENT_RANGE);
        return header == null ? Optional.empty() : parse(header.getValue());
    }

    static Optional<ContentRange> parse(String value) {
        Matcher parts = BYTES.matcher(value.strip());
        if (!parts.matches()) {
            return Optional.empty();
        }
        long fileLength = parts.group(3) == null ? -1 : Long.parseLong(parts.group(3));
        ContentRange range =
                new ContentRange(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2)), fileLength);
        boolean valid = range.first <= range.last && (fileLength < 0 || range.last < fileLength);
        return valid ? Optional.of(range) : Optional.empty();
    }

    /** Returns whether the file continues after these bytes, or may continue. */
    boolean endsEarly() {
        return last + 1 != fileLength;
    }
}
