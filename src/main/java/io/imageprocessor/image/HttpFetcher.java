package io.imageprocessor.image;

import io.imageprocessor.image.Deadlines.Attempt;
import io.imageprocessor.image.HttpRequests.Wanted;
import io.imageprocessor.image.ImageFailure.HttpStatus;
import io.imageprocessor.image.ImageFailure.TooManyRedirects;
import io.imageprocessor.image.ImageFailure.Truncated;
import java.util.Optional;

/** Follows a URL to the body it stands for, over as many redirects as are allowed. Thread-safe. */
final class HttpFetcher {

    private static final int OK = 200;
    private static final int PARTIAL_CONTENT = 206;
    private static final int RANGE_NOT_SATISFIABLE = 416;

    private final HttpConnections connections;
    private final Wanted firstWanted;
    private final int maxRedirects;

    /** @param firstWanted what is asked for at first; where the beginning of a file does not do, the whole is asked for */
    HttpFetcher(HttpConnections connections, Wanted firstWanted, int maxRedirects) {
        this.connections = connections;
        this.firstWanted = firstWanted;
        this.maxRedirects = maxRedirects;
    }

    /** Makes something of a body while its connection is open. */
    @FunctionalInterface
    interface BodyReader<T> {
        T read(HttpBody body) throws ImageFailedException;
    }

    /** What {@code reader} makes of the body behind {@code first}. Every hop is checked as the first URL is. */
    <T> T fetch(ImageUrl first, Attempt attempt, BodyReader<T> reader) throws ImageFailedException {
        ImageUrl url = first;
        Wanted wanted = firstWanted;
        int redirects = 0;
        while (redirects <= maxRedirects) {
            try (HttpExchange exchange = connections.get(url, wanted, attempt)) {
                if (exchange.status() == OK) {
                    return read(exchange, reader);
                }
                if (wanted == Wanted.BEGINNING && isAboutRanges(exchange.status())) {
                    Optional<T> result = readBeginning(exchange, reader);
                    if (result.isPresent()) {
                        return result.get();
                    }
                    wanted = Wanted.WHOLE;
                } else {
                    url = url.resolve(redirection(exchange));
                    redirects++;
                }
            }
        }
        throw new ImageFailedException(new TooManyRedirects(maxRedirects));
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
            if (e.failure() instanceof Truncated && body.partial() && body.usedUp()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Where the answer leads to; one that leads nowhere is a failure of its status. */
    private static String redirection(HttpExchange exchange) throws ImageFailedException {
        exchange.drain();
        int status = exchange.status();
        boolean redirect = status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
        return (redirect ? exchange.location() : Optional.<String>empty())
                .orElseThrow(() -> new ImageFailedException(new HttpStatus(status)));
    }
}
