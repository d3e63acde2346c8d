package io.imageprocessor.image;

import io.imageprocessor.image.Deadlines.Attempt;
import io.imageprocessor.image.ImageFailure.HttpStatus;
import io.imageprocessor.image.ImageFailure.TooManyRedirects;
import java.util.Optional;

/** Follows a URL to the body it stands for, over as many redirects as are allowed. Thread-safe. */
final class HttpFetcher {

    private static final int OK = 200;

    private final HttpConnections connections;
    private final SourceUrlPolicy policy;
    private final int maxRedirects;

    HttpFetcher(HttpConnections connections, SourceUrlPolicy policy, int maxRedirects) {
        this.connections = connections;
        this.policy = policy;
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
        for (int redirects = 0; redirects <= maxRedirects; redirects++) {
            policy.check(url);
            try (HttpExchange exchange = connections.get(url, attempt)) {
                if (exchange.status() == OK) {
                    return reader.read(exchange.body());
                }
                exchange.drain();
                Optional<String> location = isRedirect(exchange.status()) ? exchange.location() : Optional.empty();
                if (location.isEmpty()) {
                    throw new ImageFailedException(new HttpStatus(exchange.status()));
                }
                url = url.resolve(location.get());
            }
        }
        throw new ImageFailedException(new TooManyRedirects(maxRedirects));
    }

    private static boolean isRedirect(int status) {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }
}
