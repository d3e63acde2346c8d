package io.imageprocessor.image.url;

import io.imageprocessor.image.ImageFailedException;
import io.imageprocessor.image.ImageFailure.InvalidUrl;
import io.imageprocessor.image.ImageProbe;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * An absolute http(s) URL, parsed for a request.
 *
 * <p>Parsed by hand, because it is done for every image and {@code java.net.URI} rejects URLs that browsers accept.
 * Like a browser, the parser ignores blanks around the URL, drops the fragment, escapes spaces, quotes, braces and
 * non-ASCII characters in path and query (as UTF-8), converts an international host to ASCII, and accepts a single
 * {@code %}. It rejects userinfo, backslashes and control characters, because for each of these two parsers may find
 * two different hosts.
 *
 * @param secure whether the scheme is https
 * @param host in the canonical form of {@link UrlHost}
 * @param port as declared, or the default of the scheme
 * @param target path and query, beginning with a slash, ASCII only, without {@link DotSegments}
 */
public record ImageUrl(boolean secure, String host, int port, String target) {

    private static final int MAX_LENGTH = 8192;

    /** Parses {@code url}, or fails as {@code invalid_url}. */
    public static ImageUrl parse(String url) throws ImageFailedException {
        int end = trimmedEnd(url);
        int start = trimmedStart(url, end);
        if (end - start > MAX_LENGTH) {
            throw invalid("the URL is longer than " + MAX_LENGTH + " characters");
        }
        int authority = authorityStart(url, start);
        if (authority < 0) {
            throw invalid("the URL does not start with http:// or https://");
        }
        // In the fragment too, because a backslash marks a character that is no text, wherever it is.
        if (url.indexOf('\\', start) >= 0) {
            throw invalid("the URL contains a backslash");
        }
        int authorityEnd = authorityEnd(url, authority, end);
        boolean secure = authority - start == "https://".length();
        int hostEnd = hostEnd(url, authority, authorityEnd);
        int port = port(url, hostEnd, authorityEnd, secure);
        return new ImageUrl(secure, host(url, authority, hostEnd), port, target(url, authorityEnd, end));
    }

    /** Returns the target of a redirect from this URL to {@code location}, or fails as {@code invalid_url}. */
    public ImageUrl resolve(String location) throws ImageFailedException {
        int end = trimmedEnd(location);
        String to = location.substring(trimmedStart(location, end), end);
        if (authorityStart(to, 0) >= 0) {
            return parse(to);
        }
        if (to.startsWith("//")) {
            return parse((secure ? "https:" : "http:") + to);
        }
        if (to.startsWith("/")) {
            return withTarget(to);
        }
        int pathEnd = target.indexOf('?') < 0 ? target.length() : target.indexOf('?');
        if (to.isEmpty() || to.charAt(0) == '#') {
            return this;
        }
        if (to.charAt(0) == '?') {
            return withTarget(target.substring(0, pathEnd) + to);
        }
        int colon = to.indexOf(':');
        int separator = firstOf(to, 0, to.length(), "/?#");
        if (colon >= 0 && colon < separator) {
            throw invalid("the origin redirected to something other than http or https");
        }
        return withTarget(target.substring(0, target.lastIndexOf('/', pathEnd - 1) + 1) + to);
    }

    private ImageUrl withTarget(String newTarget) throws ImageFailedException {
        return new ImageUrl(secure, host, port, target(newTarget, 0, newTarget.length()));
    }

    /** Returns the host, and the port if it is not the default of the scheme, as in a {@code Host} header. */
    public String authority() {
        String name = host.indexOf(':') >= 0 ? '[' + host + ']' : host;
        return port == (secure ? 443 : 80) ? name : name + ':' + port;
    }

    /** Implements {@link ImageProbe#hostOf}: scans the URL without validation, and never throws. */
    public static Optional<String> hostOf(String url) {
        int end = trimmedEnd(url);
        int scheme = trimmedStart(url, end);
        int authority = authorityStart(url, scheme);
        if (authority < 0) {
            return Optional.empty();
        }
        int authorityEnd = authorityEnd(url, authority, end);
        int userinfo = url.lastIndexOf('@', authorityEnd - 1);
        int start = userinfo >= authority ? userinfo + 1 : authority;
        int colon = url.lastIndexOf(':', authorityEnd - 1);
        int portStart = colon < start || url.lastIndexOf(']', authorityEnd - 1) > colon ? authorityEnd : colon;
        int hostEnd = portStart > start && url.charAt(portStart - 1) == '.' ? portStart - 1 : portStart;
        if (hostEnd == start) {
            return Optional.empty();
        }
        String host = url.substring(start, hostEnd).toLowerCase(Locale.ROOT);
        if (portStart == authorityEnd) {
            return Optional.of(host);
        }
        String port = significantDigits(url, portStart + 1, authorityEnd);
        boolean secure = authority - scheme == "https://".length();
        return Optional.of(port.isEmpty() || port.equals(secure ? "443" : "80") ? host : host + ':' + port);
    }

    private static String significantDigits(String url, int start, int end) {
        int first = start;
        while (first < end && url.charAt(first) == '0') {
            first++;
        }
        return url.substring(first, end);
    }

    private static int trimmedEnd(String url) {
        int end = url.length();
        while (end > 0 && url.charAt(end - 1) <= ' ') {
            end--;
        }
        return end;
    }

    private static int trimmedStart(String url, int end) {
        int start = 0;
        while (start < end && url.charAt(start) <= ' ') {
            start++;
        }
        return start;
    }

    private static int authorityStart(String url, int start) {
        if (url.regionMatches(true, start, "https://", 0, 8)) {
            return start + 8;
        }
        return url.regionMatches(true, start, "http://", 0, 7) ? start + 7 : -1;
    }

    private static int authorityEnd(String url, int start, int end) {
        return firstOf(url, start, end, "/?#\\");
    }

    private static int firstOf(String text, int start, int end, String delimiters) {
        for (int i = start; i < end; i++) {
            if (delimiters.indexOf(text.charAt(i)) >= 0) {
                return i;
            }
        }
        return end;
    }

    private static int hostEnd(String url, int start, int authorityEnd) throws ImageFailedException {
        for (int i = start; i < authorityEnd; i++) {
            if (url.charAt(i) == '@') {
                throw invalid("the URL contains a user name");
            }
        }
        int from = start;
        if (start < authorityEnd && url.charAt(start) == '[') {
            from = url.indexOf(']', start);
            if (from < 0 || from >= authorityEnd) {
                throw invalid("the URL's host is malformed");
            }
        }
        int colon = url.indexOf(':', from);
        return colon < 0 || colon > authorityEnd ? authorityEnd : colon;
    }

    private static String host(String url, int start, int end) throws ImageFailedException {
        String host = UrlHost.parse(url, start, end);
        if (host == null) {
            throw invalid(start == end ? "the URL has no host" : "the URL's host is malformed");
        }
        return host;
    }

    private static int port(String url, int hostEnd, int authorityEnd, boolean secure) throws ImageFailedException {
        if (hostEnd + 1 >= authorityEnd) {
            return secure ? 443 : 80;
        }
        int port = 0;
        for (int i = hostEnd + 1; i < authorityEnd; i++) {
            int digit = url.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw invalid("the URL's port is malformed");
            }
            port = port * 10 + digit;
            if (port > 65535) {
                throw invalid("the URL's port is out of range");
            }
        }
        if (port == 0) {
            throw invalid("the URL's port is out of range");
        }
        return port;
    }

    private static String target(String url, int start, int urlEnd) throws ImageFailedException {
        int end = firstOf(url, start, urlEnd, "#");
        boolean plain = true;
        for (int i = start; i < end; i++) {
            char c = url.charAt(i);
            if (c < ' ' || c == 0x7F) {
                throw invalid("the URL contains a control character");
            }
            if (c == '\\') {
                throw invalid("the URL contains a backslash");
            }
            plain &= !needsEscape(c);
        }
        String target = plain ? url.substring(start, end) : escaped(url.substring(start, end));
        return DotSegments.removed(target.startsWith("/") ? target : '/' + target);
    }

    private static boolean needsEscape(char c) {
        return c <= ' ' || c >= 0x7F || "\"<>^`{|}".indexOf(c) >= 0;
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 32);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            if (needsEscape(c)) {
                escaped.append('%');
                escaped.append(Character.toUpperCase(Character.forDigit(c >> 4, 16)));
                escaped.append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }

    private static ImageFailedException invalid(String message) {
        return new ImageFailedException(new InvalidUrl(message));
    }
}
