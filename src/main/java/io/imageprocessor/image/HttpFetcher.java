package io.imageprocessor.image;

import io.imageprocessor.image.Deadlines.Attempt;
import io.imageprocessor.image.Deadlines.Expiry;
import io.imageprocessor.image.ImageFailure.HttpStatus;
import io.imageprocessor.image.ImageFailure.TooManyRedirects;
import java.util.Optional;

/** Follows a URL to the body it stands for, over as many redirects as are allowed. Thread-safe. */
final class HttpFetcher {

    private static final int OK = 200;

    private final HttpConnections connections;
    private final SourceUrlPolicy policy;
    private final HostCircuits circuits;
    private final NetworkFailures failures;
    private final int maxRedirects;

    HttpFetcher(
            HttpConnections connections,
            SourceUrlPolicy policy,
            HostCircuits circuits,
            NetworkFailures failures,
            int maxRedirects) {
        this.connections = connections;
        this.policy = policy;
        this.circuits = circuits;
        this.failures = failures;
        this.maxRedirects = maxRedirects;
    }

    /** Makes something of a body while its connection is open. */
    @FunctionalInterface
    interface BodyReader<T> {
        T read(HttpBody body) throws ImageFailedException;
    }

    /**
     * What {@code reader} makes of the body behind {@code first}. Every hop is checked as the first URL is, and its host
     * is asked only while its circuit lets the attempt through.
     */
    <T> T fetch(ImageUrl first, Attempt attempt, BodyReader<T> reader) throws ImageFailedException {
        ImageUrl url = first;
        for (int redirects = 0; redirects <= maxRedirects; redirects++) {
            policy.check(url);
            circuits.enter(url, attempt);
            try (HttpExchange exchange = connections.get(url, attempt)) {
                if (exchange.status() == OK) {
                    T read = reader.read(exchange.body());
                    circuits.answered(url);
                    return read;
                }
                exchange.drain();
                Optional<String> location = isRedirect(exchange.status()) ? exchange.location() : Optional.empty();
                if (location.isEmpty()) {
                    throw new ImageFailedException(new HttpStatus(exchange.status(), exchange.retryAfter()));
                }
                // The next hop must not answer for the time that this one took.
                if (attempt.expiry() != Expiry.NONE) {
                    throw new ImageFailedException(failures.expired(attempt.expiry()));
                }
                circuits.answered(url);
                url = url.resolve(location.get());
            } catch (ImageFailedException e) {
                throw charged(cause(e, attempt), url, attempt, redirects);
            } catch (RuntimeException | Error e) {
                circuits.leave(url, attempt);
                throw e;
            }
        }
        throw new ImageFailedException(new TooManyRedirects(maxRedirects));
    }

    /** Where the attempt was ended for its time, that is the cause, whatever the interrupt made of it. */
    private ImageFailedException cause(ImageFailedException e, Attempt attempt) {
        // With a status the origin has said what matters, even if the rest of its answer never came.
        return attempt.expiry() == Expiry.NONE || e.failure() instanceof HttpStatus
                ? e
                : new ImageFailedException(failures.expired(attempt.expiry()));
    }

    private ImageFailedException charged(ImageFailedException e, ImageUrl url, Attempt attempt, int redirects) {
        switch (e.failure().contact()) {
            case ANSWERED -> circuits.answered(url);
            case TIMED_OUT -> {
                // Before a redirect led here, most of the time may have gone by elsewhere: a hostile origin could have
                // any host left alone. The host's own silence is its own at every hop.
                boolean elsewhere = redirects > 0 && attempt.expiry() == Expiry.OVERDUE;
                if (attempt.isAtHost() && !elsewhere) {
                    circuits.timedOut(url, attempt, e.failure().message());
                } else {
                    circuits.leave(url, attempt);
                }
            }
            case NONE -> circuits.leave(url, attempt);
        }
        return e;
    }

    private static boolean isRedirect(int status) {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }
}
