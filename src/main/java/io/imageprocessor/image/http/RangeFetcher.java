package io.imageprocessor.image.http;

import io.imageprocessor.image.ImageFailedException;
import io.imageprocessor.image.ImageFailure.HttpStatus;
import io.imageprocessor.image.ImageFailure.TooLarge;
import io.imageprocessor.image.http.RequestFactory.Wanted;
import io.imageprocessor.image.http.TimeoutWatchdog.Attempt;
import io.imageprocessor.image.url.ImageUrl;
import java.util.Optional;
import java.util.Set;

/** Requests one URL: the whole file, or first only its beginning and the whole if that is not enough. Thread-safe. */
final class RangeFetcher {

    private static final int OK = 200;
    private static final int PARTIAL_CONTENT = 206;

    /**
     * The statuses that say nothing about a request without a range: it would end the same, or the origin is busy and
     * must not be asked twice.
     */
    private static final Set<Integer> NOT_ABOUT_RANGES = Set.of(401, 404, 407, 408, 410, 425, 429, 451);

    private static final int BAD_REQUEST = 400;
    private static final int NOT_IMPLEMENTED = 501;

    private final HttpTransport transport;
    private final Wanted firstWanted;

    /**
     * @param firstWanted what is requested first; if that is the beginning and it is not enough, the whole file follows
     */
    RangeFetcher(HttpTransport transport, Wanted firstWanted) {
        this.transport = transport;
        this.firstWanted = firstWanted;
    }

    /** The outcome of a request that did not fail. */
    sealed interface Response<T> {

        /** What the reader made of the body. */
        record Result<T>(T value) implements Response<T> {}

        /** Another URL, relative to the one requested. */
        record Redirect<T>(String location) implements Response<T> {}
    }

    /** Requests {@code url}, and returns what {@code reader} makes of the body or where the response redirects to. */
    <T> Response<T> fetch(ImageUrl url, Attempt attempt, BodyReader<T> reader) throws ImageFailedException {
        try (HttpExchange exchange = transport.get(url, firstWanted, attempt)) {
            if (firstWanted == Wanted.WHOLE || !mayBeAboutRanges(exchange)) {
                return response(exchange, reader);
            }
            Optional<T> result = readBeginning(exchange, reader);
            if (result.isPresent()) {
                return new Response.Result<>(result.get());
            }
        }
        try (HttpExchange exchange = transport.get(url, Wanted.WHOLE, attempt)) {
            return response(exchange, reader);
        }
    }

    private static <T> Response<T> response(HttpExchange exchange, BodyReader<T> reader) throws ImageFailedException {
        return exchange.status() == OK
                ? new Response.Result<>(read(exchange, reader))
                : new Response.Redirect<>(location(exchange));
    }

    private static <T> T read(HttpExchange exchange, BodyReader<T> reader) throws ImageFailedException {
        T result = reader.read(exchange.body());
        exchange.drain();
        return result;
    }

    /**
     * Returns whether the response is a range, or may be a refusal of ranges: origins refuse with many statuses. One
     * that asks to wait refuses every request.
     */
    private static boolean mayBeAboutRanges(HttpExchange exchange) {
        int status = exchange.status();
        return status == PARTIAL_CONTENT
                || (status >= BAD_REQUEST
                        && status <= NOT_IMPLEMENTED
                        && !NOT_ABOUT_RANGES.contains(status)
                        && exchange.retryAfter().isZero());
    }

    /**
     * Returns what {@code reader} makes of the file's beginning. Empty if the response holds another part, or if the
     * beginning is not enough.
     */
    private static <T> Optional<T> readBeginning(HttpExchange exchange, BodyReader<T> reader)
            throws ImageFailedException {
        if (!exchange.isBeginning()) {
            exchange.drain();
            return Optional.empty();
        }
        HttpBody body = exchange.body();
        try {
            return Optional.of(read(exchange, reader));
        } catch (ImageFailedException e) {
            // For any failure, not only truncation: if a box ends with the beginning, the file seems to be complete.
            if (!(e.failure() instanceof TooLarge) && body.partial() && body.exhausted()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Returns where the response redirects to; any other response fails with its status. */
    private static String location(HttpExchange exchange) throws ImageFailedException {
        exchange.drain();
        int status = exchange.status();
        boolean redirect = status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
        return (redirect ? exchange.location() : Optional.<String>empty())
                .orElseThrow(() -> new ImageFailedException(new HttpStatus(status, exchange.retryAfter())));
    }
}
