package io.imageprocessor.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/**
 * One page of a list.
 *
 * @param nextCursor the {@code cursor} of the next page; null on the last page
 */
public record Page<T>(
        List<T> items,
        @JsonProperty("next_cursor") @Nullable String nextCursor) {

    /** Largest number of items on a page. */
    public static final int MAX_LIMIT = 1_000;

    /** Message for a limit out of range, after the name of the parameter. */
    public static final String LIMIT_MESSAGE = "must be between 1 and " + MAX_LIMIT;

    /** Default number of items on a page, as the default value of a parameter. */
    public static final String DEFAULT_LIMIT = "50";

    /**
     * Returns a page of the first {@code limit} items of {@code found}.
     *
     * @param found up to {@code limit + 1} items; the last one only shows that there is a next page
     * @param cursor returns the cursor after an item
     */
    public static <F, T> Page<T> of(List<F> found, int limit, Function<F, T> item, Function<F, Cursor> cursor) {
        List<F> shown = found.size() > limit ? found.subList(0, limit) : found;
        String next = found.size() > limit ? cursor.apply(shown.getLast()).text() : null;
        return new Page<>(shown.stream().map(item).toList(), next);
    }

    /** Returns the response to the current request: this page, with a {@code Link} header if there is a next page. */
    public ResponseEntity<Page<T>> response() {
        if (nextCursor == null) {
            return ResponseEntity.ok(this);
        }
        // Relative, because clients of a proxy may use another host name.
        var current = ServletUriComponentsBuilder.fromCurrentRequest()
                .replaceQueryParam("cursor", nextCursor)
                .build();
        // The web server accepts angle brackets in a query, but they would end the link.
        String query = String.valueOf(current.getQuery()).replace("<", "%3C").replace(">", "%3E");
        return ResponseEntity.ok()
                .header(HttpHeaders.LINK, "<%s?%s>; rel=\"next\"".formatted(current.getPath(), query))
                .body(this);
    }
}
