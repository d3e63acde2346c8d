package io.imageprocessor.image.http;

import io.imageprocessor.image.ImageFailedException;
import io.imageprocessor.image.ImageFailure.HttpStatus;
import io.imageprocessor.image.ImageFailure.TooLarge;
import io.imageprocessor.image.http.RequestFactory.Wanted;
import io.imageprocessor.image.http.TimeoutWatchdog.Attempt;
import io.imageprocessor.image.url.ImageUrl;
import java.util.Optional;

/** Asks one URL for its file, or only for the file's beginning as long as that does. Thread-safe. */
public final class RangeFetcher {

    private static final int OK = 200;
    private static final int PARTIAL_CONTENT = 206;
    private static final int RANGE_NOT_SATISFIABLE = 416;

    private final HttpTransport connections;
    private final Wanted firstWanted;

    /**
     * @param firstWanted what is asked for at first; where the beginning of a file does not do, the whole is asked for
     */
    public RangeFetcher(HttpTransport connections, Wanted firstWanted) {
        this.connections = connections;
        this.firstWanted = firstWanted;
    }

    /** Makes something of a body while its connection is open. */
    @FunctionalInterface
    public interface BodyReader<T> {
        T read(HttpBody body) throws ImageFailedException;
    }

    /** What came of asking. */
    sealed interface Answer<T> {

        /** What the reader made of the body. */
        record Result<T>(T value) implements Answer<T> {}

        /** Nothing but another place to ask at, relative to this one. */
        record Redirect<T>(String location) implements Answer<T> {}
    }

    <T> Answer<T> ask(ImageUrl url, Attempt attempt, BodyReader<T> reader) throws ImageFailedException {
        try (HttpExchange exchange = connections.get(url, firstWanted, attempt)) {
            if (firstWanted == Wanted.WHOLE || !isAboutRanges(exchange.status())) {
                return answer(exchange, reader);
            }
            Optional<T> result = readBeginning(exchange, reader);
            if (result.isPresent()) {
                return new Answer.Result<>(result.get());
            }
        }
        try (HttpExchange exchange = connections.get(url, Wanted.WHOLE, attempt)) {
            return answer(exchange, reader);
        }
    }

    private static <T> Answer<T> answer(HttpExchange exchange, BodyReader<T> reader) throws ImageFailedException {
        return exchange.status() == OK
                ? new Answer.Result<>(read(exchange, reader))
                : new Answer.Redirect<>(location(exchange));
    }

    private static <T> T read(HttpExchange exchange, BodyReader<T> reader) throws ImageFailedException {
        T result = reader.read(exchange.body());
        exchange.drain();
        return result;
    }

    private static boolean isAboutRanges(int status) {
        return status == PARTIAL_CONTENT || status == RANGE_NOT_SATISFIABLE;
    }

    /** What {@code reader} makes of the file's beginning, or empty where that is not what came, or is not enough. */
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
            // Not only where it was cut off: where one of its boxes ends with it, a file seems to have nothing more.
            if (!(e.failure() instanceof TooLarge) && body.partial() && body.usedUp()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Where the answer leads to; one that leads nowhere is a failure of its status. */
    private static String location(HttpExchange exchange) throws ImageFailedException {
        exchange.drain();
        int status = exchange.status();
        boolean redirect = status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
        return (redirect ? exchange.location() : Optional.<String>empty())
                .orElseThrow(() -> new ImageFailedException(new HttpStatus(status, exchange.retryAfter())));
    }
}
