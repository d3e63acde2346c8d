package io.imageprocessor.image.http;

import io.imageprocessor.image.url.ImageUrl;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.message.BufferedHeader;
import org.apache.hc.core5.util.CharArrayBuffer;

/** What origins are asked, and who they are told is asking. Thread-safe. */
public final class RequestFactory {

    /** Bytes at a file's beginning that nearly always tell its size. */
    static final int BEGINNING = 64 * 1024;

    private static final Header RANGE = formatted(HttpHeaders.RANGE, "bytes=0-" + (BEGINNING - 1));

    private final Header[] fixedHeaders;

    /** How much of a file is asked for. An origin may send all of it either way. */
    public enum Wanted {
        WHOLE,
        /** The first {@link #BEGINNING} bytes. */
        BEGINNING
    }

    /** @param contact whom the owner of an origin may turn to, or empty */
    RequestFactory(String contact) {
        fixedHeaders = new Header[] {
            formatted(HttpHeaders.USER_AGENT, userAgent(contact)),
            formatted(HttpHeaders.ACCEPT, "image/*,*/*;q=0.5"),
            // A photo is compressed already; undoing another layer would cost more than the layer saves.
            formatted(HttpHeaders.ACCEPT_ENCODING, "identity")
        };
    }

    /** A header that is written as it stands, being the same for every request. */
    private static Header formatted(String name, String value) {
        CharArrayBuffer line = new CharArrayBuffer(64);
        line.append(name + ": " + value);
        return BufferedHeader.create(line);
    }

    /** Product, version and contact, as RFC 9110 (section 10.1.5) has it. Only a jar knows its version. */
    private static String userAgent(String contact) {
        String version = RequestFactory.class.getPackage().getImplementationVersion();
        String product = "image-processor/" + (version == null ? "dev" : version);
        return contact.isEmpty() ? product : product + " (+" + contact + ")";
    }

    /** A request for {@code url}. */
    ClassicHttpRequest get(ImageUrl url, Wanted wanted) {
        BasicClassicHttpRequest request = new BasicClassicHttpRequest("GET", url.target());
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
