package io.imageprocessor.image.http;

import io.imageprocessor.image.url.ImageUrl;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.message.BufferedHeader;
import org.apache.hc.core5.util.CharArrayBuffer;

/** Creates the requests to origins. They carry no cookies, no credentials and no referrer. Thread-safe. */
final class RequestFactory {

    /** Number of bytes at the beginning of a file that nearly always contain its dimensions. */
    static final int BEGINNING = 64 * 1024;

    private static final Header RANGE = formatted(HttpHeaders.RANGE, "bytes=0-" + (BEGINNING - 1));

    private final Header[] fixedHeaders;

    /** How much of a file is requested. An origin may send all of it in both cases. */
    enum Wanted {
        WHOLE,
        /** The first {@link #BEGINNING} bytes. */
        BEGINNING
    }

    /** @param contact the contact for owners of origins, or empty */
    RequestFactory(String contact) {
        fixedHeaders = new Header[] {
            formatted(HttpHeaders.USER_AGENT, userAgent(contact)),
            formatted(HttpHeaders.ACCEPT, "image/*,*/*;q=0.5"),
            // A photo is compressed already; to decode another layer costs more than the layer saves.
            formatted(HttpHeaders.ACCEPT_ENCODING, "identity")
        };
    }

    /** Returns a header that is formatted once, because it is the same for every request. */
    private static Header formatted(String name, String value) {
        CharArrayBuffer line = new CharArrayBuffer(64);
        line.append(name + ": " + value);
        return BufferedHeader.create(line);
    }

    /** Returns product, version and contact in the format of RFC 9110, section 10.1.5. Only a jar has a version. */
    private static String userAgent(String contact) {
        String version = RequestFactory.class.getPackage().getImplementationVersion();
        String product = "image-processor/" + (version == null ? "dev" : version);
        return contact.isEmpty() ? product : product + " (+" + contact + ")";
    }

    /** Creates a request for {@code url}. */
    ClassicHttpRequest get(ImageUrl url, Wanted wanted) {
        // The constructor with only a path would parse //a/b as the host a and the path /b.
        BasicClassicHttpRequest request = new BasicClassicHttpRequest("GET", null, null, url.target());
        request.addHeader(new BasicHeader(HttpHeaders.HOST, url.authority()));
        for (Header header : fixedHeaders) {
            request.addHeader(header);
        }
        if (wanted == Wanted.BEGINNING) {
            request.addHeader(RANGE);
        }
        return request;
    }
}
