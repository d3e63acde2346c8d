package io.imageprocessor.postgres.database;

import org.jspecify.annotations.Nullable;

/**
 * Text that a client sent, as PostgreSQL takes it: anything but U+0000 and halves of surrogate pairs, in whose place
 * U+FFFD is kept.
 */
public final class PostgresText {

    private PostgresText() {}

    public static String of(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0 || Character.isSurrogate(c)) {
                return replaced(text);
            }
        }
        return text;
    }

    private static String replaced(String text) {
        int[] points = text.codePoints()
                .map(point -> point == 0 || Character.getType(point) == Character.SURROGATE ? 0xFFFD : point)
                .toArray();
        return new String(points, 0, points.length);
    }

    public static @Nullable String orNull(@Nullable String text) {
        return text == null ? null : of(text);
    }
}
