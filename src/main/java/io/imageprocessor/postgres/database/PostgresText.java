package io.imageprocessor.postgres.database;

import org.jspecify.annotations.Nullable;

/**
 * Replaces characters of a client's text that PostgreSQL rejects, U+0000 and unpaired surrogates, by U+FFFD.
 * Thread-safe.
 */
public final class PostgresText {

    private PostgresText() {}

    public static String of(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0 || Character.isSurrogate(c)) {
                return replace(text);
            }
        }
        return text;
    }

    private static String replace(String text) {
        int[] points = text.codePoints()
                .map(point -> point == 0 || Character.getType(point) == Character.SURROGATE ? 0xFFFD : point)
                .toArray();
        return new String(points, 0, points.length);
    }

    public static @Nullable String orNull(@Nullable String text) {
        return text == null ? null : of(text);
    }
}
