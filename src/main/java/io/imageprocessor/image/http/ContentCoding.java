package io.imageprocessor.image.http;

import java.util.Iterator;
import java.util.Locale;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.MessageHeaders;
import org.apache.hc.core5.http.message.MessageSupport;

/** How the origin packed a body, by the names of RFC 9110 (section 8.4.1) and IANA's HTTP Content Coding Registry. */
enum ContentCoding {
    /** Not at all, as it was asked to. */
    IDENTITY,
    GZIP,
    BR,
    COMPRESS,
    DEFLATE,
    ZSTD,
    /** Of another name, or several over one another. */
    OTHER;

    /** What {@code Content-Encoding} says, in one header or many. */
    static ContentCoding of(MessageHeaders answer) {
        return answer.getFirstHeader(HttpHeaders.CONTENT_ENCODING) == null ? IDENTITY : stated(answer);
    }

    private static ContentCoding stated(MessageHeaders answer) {
        ContentCoding all = IDENTITY;
        Iterator<String> names = MessageSupport.iterateTokens(answer, HttpHeaders.CONTENT_ENCODING);
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

    /** Why such a body is not read, without repeating what a stranger wrote. */
    String refusal() {
        return this == OTHER
                ? "the body's content encoding is not supported"
                : "the content encoding " + name().toLowerCase(Locale.ROOT) + " is not supported";
    }
}
