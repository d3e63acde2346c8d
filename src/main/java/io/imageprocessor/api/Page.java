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
 * @param nextCursor the {@code cursor} with which the list goes on behind this page; null if it does not
 */
public record Page<T>(
        List<T> items,
        @JsonProperty("next_cursor") @Nullable String nextCursor) {

    /** The most items on a page. */
    public static final int MAX_LIMIT = 1_000;

    /** What is said of a limit beyond. */
    public static final String LIMIT_MESSAGE = "must be between 1 and " + MAX_LIMIT;

    /** The items on a page, as a parameter's default value, if the client does not say how many. */
    public static final String DEFAULT_LIMIT = "50";

    /**
     * The page that begins with {@code found}.
     *
     * @param found one item more than {@code limit}, if there are so many: only then does the list go on
     * @param cursor after an item
     */
    public static <F, T> Page<T> of(List<F> found, int limit, Function<F, T> item, Function<F, Cursor> cursor) {
        List<F> shown = found.size() > limit ? found.subList(0, limit) : found;
        String next = found.size() > limit ? cursor.apply(shown.getLast()).text() : null;
        return new Page<>(shown.stream().map(item).toList(), next);
    }

    /** The answer to the request being served: this page and, if the list goes on, where. */
    public ResponseEntity<Page<T>> response() {
        if (nextCursor == null) {
            return ResponseEntity.ok(this);
        }
        // Relative, since a proxy may know the service under another name.
        var current = ServletUriComponentsBuilder.fromCurrentRequest()
                .replaceQueryParam("cursor", nextCursor)
                .build();
        // The web server lets angle brackets through, and here they would end the link.
        String query = String.valueOf(current.getQuery()).replace("<", "%3C").replace(">", "%3E");
        return ResponseEntity.ok()
                .header(HttpHeaders.LINK, "<%s?%s>; rel=\"next\"".formatted(current.getPath(), query))
                .body(this);
    }
}
