package io.imageprocessor.job;

import java.util.HexFormat;

/**
 * The form in which the URL of an image is kept: as the client sent it, if it may be valid. Otherwise each U+0000 and
 * each unpaired surrogate is kept as its escape in JSON: a backslash, the letter u and four hexadecimal digits. UTF-8
 * cannot encode a surrogate, and PostgreSQL cannot store U+0000, so each would become another character, and the URL
 * that of another image. The backslash of the escape makes the URL invalid. Thread-safe.
 */
final class StoredUrl {

    /** Longer URLs are truncated: they exceed the limit for downloads, so their images fail anyway. */
    private static final int MAX_LENGTH = 10_000;

    private StoredUrl() {}

    static String of(String url) {
        String start = truncated(url);
        for (int i = 0; i < start.length(); i++) {
            char c = start.charAt(i);
            if (c == 0 || Character.isSurrogate(c)) {
                return truncated(escaped(start));
            }
        }
        return start;
    }

    /** Truncates a URL that is too long, but not within a surrogate pair. */
    private static String truncated(String url) {
        if (url.length() <= MAX_LENGTH) {
            return url;
        }
        boolean splits = Character.isSurrogatePair(url.charAt(MAX_LENGTH - 1), url.charAt(MAX_LENGTH));
        return url.substring(0, splits ? MAX_LENGTH - 1 : MAX_LENGTH);
    }

    private static String escaped(String url) {
        StringBuilder escaped = new StringBuilder(url.length());
        url.codePoints().forEach(point -> {
            if (point == 0 || Character.getType(point) == Character.SURROGATE) {
                escaped.append("\\u").append(HexFormat.of().toHexDigits((char) point));
            } else {
                escaped.appendCodePoint(point);
            }
        });
        return escaped.toString();
    }
}
