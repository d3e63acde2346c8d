package io.imageprocessor.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;

/**
 * A place in a list, behind the item with this key. Clients see it as text that means nothing to them.
 *
 * @param list which list it is a place in
 * @param key what the list is ordered by
 */
public record Cursor(String list, String key) {

    /** As clients see it. */
    public String text() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString((list + ':' + key).getBytes(UTF_8));
    }

    /**
     * Reads a cursor of this list.
     *
     * @throws RejectedException if it is none
     */
    public static Cursor parse(String list, String text) {
        try {
            String[] parts = new String(Base64.getUrlDecoder().decode(text), UTF_8).split(":", 2);
            Cursor cursor = new Cursor(parts[0], parts[parts.length - 1]);
            if (parts.length == 2 && cursor.list.equals(list) && cursor.text().equals(text)) {
                return cursor;
            }
        } catch (IllegalArgumentException e) {
            throw (RejectedException) invalid().initCause(e);
        }
        throw invalid();
    }

    /** For a cursor whose key turns out to be none. */
    public static RejectedException invalid() {
        return RejectedException.badRequest("cursor is not one that this list has given");
    }
}
