package io.imageprocessor.postgres;

import org.jspecify.annotations.Nullable;

/** Text that a client sent, as PostgreSQL takes it: anything but U+0000, in whose place U+FFFD is kept. */
final class PostgresText {

    private PostgresText() {}

    static String of(String text) {
        return text.indexOf('\0') < 0 ? text : text.replace('\0', '\uFFFD');
    }

    static @Nullable String orNull(@Nullable String text) {
        return text == null ? null : of(text);
    }
}
