package io.imageprocessor.image.http;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.MessageHeaders;

/**
 * Which bytes of a file an answer 206 holds (RFC 9110, section 14.4).
 *
 * @param first position of the first of them
 * @param last position of the last of them
 * @param fileLength bytes of the file, or -1 where the origin does not know
 */
record ContentRange(long first, long last, long fileLength) {

    /** Of up to 18 digits, so that every number fits into a long. */
    private static final Pattern BYTES =
            Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(?:(\\d{1,18})|\\*)", Pattern.CASE_INSENSITIVE);

    /** The range that {@code answer} states, or empty where it states none that makes sense. */
    static Optional<ContentRange> of(MessageHeaders answer) {
        Header header = answer.getFirstHeader(HttpHeaders.CONTENT_RANGE);
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
        boolean possible = range.first <= range.last && (fileLength < 0 || range.last < fileLength);
        return possible ? Optional.of(range) : Optional.empty();
    }

    /** Whether the file goes on behind these bytes, as far as is known. */
    boolean endsEarly() {
        return last + 1 != fileLength;
    }
}
