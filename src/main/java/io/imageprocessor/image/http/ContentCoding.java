package io.imageprocessor.image.http;

import java.util.Iterator;
import java.util.Locale;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.MessageHeaders;
import org.apache.hc.core5.http.message.MessageSupport;

/**
 * The content coding of a body, by the names of RFC 9110 (section 8.4.1) and IANA's HTTP Content Coding Registry.
 *
 * <p>Other names are no codings: origins declare {@code aws-chunked}, {@code utf-8} or {@code none} for bodies that are
 * not encoded. Browsers and curl ignore them too.
 */
enum ContentCoding {
    /** Not encoded, as the request asks, or declared with names that are no codings. */
    IDENTITY,
    GZIP,
    BR,
    COMPRESS,
    DEFLATE,
    ZSTD,
    /** Several codings applied in sequence. */
    SEVERAL;

    /** Returns the coding that {@code Content-Encoding} declares, in one header or in several. */
    static ContentCoding of(MessageHeaders response) {
        return response.getFirstHeader(HttpHeaders.CONTENT_ENCODING) == null ? IDENTITY : declared(response);
    }

    private static ContentCoding declared(MessageHeaders response) {
        ContentCoding all = IDENTITY;
        Iterator<String> names = MessageSupport.iterateTokens(response, HttpHeaders.CONTENT_ENCODING);
        while (names.hasNext()) {
            ContentCoding one = named(names.next());
            if (one != IDENTITY) {
                all = all == IDENTITY ? one : SEVERAL;
            }
        }
        return all;
    }

    private static ContentCoding named(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "gzip", "x-gzip" -> GZIP;
            case "br" -> BR;
            case "compress", "x-compress" -> COMPRESS;
            case "deflate" -> DEFLATE;
            case "zstd" -> ZSTD;
            default -> IDENTITY;
        };
    }

    /** Returns why such a body is not read. Does not repeat text that the origin has sent. */
    String unsupportedMessage() {
        return this == SEVERAL
                ? "the body's content encoding is not supported"
                : "the content encoding " + name().toLowerCase(Locale.ROOT) + " is not supported";
    }
}
