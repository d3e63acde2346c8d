package io.imageprocessor.image.http;

import java.util.Iterator;
import java.util.Locale;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.MessageHeaders;
import org.apache.hc.core5.http.message.MessageSupport;

/** The content coding of a body, by the names of RFC 9110 (section 8.4.1) and IANA's HTTP Content Coding Registry. */
enum ContentCoding {
    /** Not encoded, as the request asks. */
    IDENTITY,
    GZIP,
    BR,
    COMPRESS,
    DEFLATE,
    ZSTD,
    /** An unknown coding, or several codings applied in sequence. */
    OTHER;

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
                all = all == IDENTITY ? one : OTHER;
            }
        }
        return all;
    }

    private static ContentCoding named(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "identity", "" -> IDENTITY;
            case "gzip", "x-gzip" -> GZIP;
            case "br" -> BR;
            case "compress", "x-compress" -> COMPRESS;
            case "deflate" -> DEFLATE;
            case "zstd" -> ZSTD;
            default -> OTHER;
        };
    }

    /** Returns why such a body is not read. Does not repeat text that the origin has sent. */
    String unsupportedMessage() {
        return this == OTHER
                ? "the body's content encoding is not supported"
                : "the content encoding " + name().toLowerCase(Locale.ROOT) + " is not supported";
    }
}
