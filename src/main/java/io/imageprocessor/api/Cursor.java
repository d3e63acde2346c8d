package io.imageprocessor.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;

/**
 * A position in a list, after the item with this key. Clients receive it as an opaque text and send it back.
 *
 * @param list name of the list
 * @param key the value that the list is ordered by
 */
public record Cursor(String list, String key) {

    /** Returns the text for clients, which needs no encoding in a URL. */
    public String text() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString((list + ':' + key).getBytes(UTF_8));
    }

    /**
     * Parses the text of any list's cursor.
     *
     * @throws RejectedException 400 if it is no cursor
     */
    static Cursor parse(String text) {
        try {
            String[] parts = new String(Base64.getUrlDecoder().decode(text), UTF_8).split(":", 2);
            Cursor cursor = new Cursor(parts[0], parts[parts.length - 1]);
            if (parts.length == 2 && cursor.text().equals(text)) {
                return cursor;
            }
        } catch (IllegalArgumentException e) {
            throw (RejectedException) invalid().initCause(e);
        }
        throw invalid();
    }

    /**
     * Returns the key as a value of the list's own type.
     *
     * @param parse returns empty if its argument is no key of the list
     * @throws RejectedException 400 if this cursor belongs to another list or its key is invalid
     */
    public <K> K keyIn(String expectedList, Function<String, Optional<K>> parse) {
        return Optional.of(key)
                .filter(_ -> list.equals(expectedList))
                .flatMap(parse)
                .orElseThrow(Cursor::invalid);
    }

    /** Parses a key that is an index of at most nine digits; empty if it is none. */
    public static Optional<Integer> index(String key) {
        return key.matches("\\d{1,9}") ? Optional.of(Integer.parseInt(key)) : Optional.empty();
    }

    private static RejectedException invalid() {
        return RejectedException.badRequest("invalid cursor");
    }
}
