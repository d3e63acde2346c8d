package io.imageprocessor.image.http;

import io.imageprocessor.image.ImageFailedException;
import io.imageprocessor.image.ImageFailure.Contact;
import io.imageprocessor.image.ImageFailure.HttpStatus;
import io.imageprocessor.image.ImageFailure.TooManyRedirects;
import io.imageprocessor.image.http.RangeFetcher.Response;
import io.imageprocessor.image.http.TimeoutWatchdog.Attempt;
import io.imageprocessor.image.http.TimeoutWatchdog.TimeoutKind;
import io.imageprocessor.image.url.ImageUrl;
import io.imageprocessor.image.url.SourceUrlPolicy;
import io.imageprocessor.logging.FatalErrors;

/**
 * Requests a URL, follows redirects up to a limit, and reports the outcome of each hop to its circuit breaker.
 * Thread-safe.
 */
final class HttpFetcher {

    private final RangeFetcher rangeFetcher;
    private final SourceUrlPolicy policy;
    private final HostCircuitBreakers circuitBreakers;
    private final NetworkFailures failures;
    private final int maxRedirects;

    HttpFetcher(
            RangeFetcher rangeFetcher,
            SourceUrlPolicy policy,
            HostCircuitBreakers circuitBreakers,
            NetworkFailures failures,
            int maxRedirects) {
        this.rangeFetcher = rangeFetcher;
        this.policy = policy;
        this.circuitBreakers = circuitBreakers;
        this.failures = failures;
        this.maxRedirects = maxRedirects;
    }

    /**
     * Returns what {@code reader} makes of the body. Every hop is checked like the first URL, and is requested only if
     * the circuit breaker of its host permits it.
     */
    <T> T fetch(ImageUrl first, Attempt attempt, BodyReader<T> reader) throws ImageFailedException {
        ImageUrl url = first;
        for (int redirects = 0; redirects <= maxRedirects; redirects++) {
            policy.check(url);
            switch (request(url, redirects, attempt, reader)) {
                case Response.Result<T>(T value) -> {
                    return value;
                }
                case Response.Redirect<T>(String location) -> url = url.resolve(location);
            }
        }
        throw new ImageFailedException(new TooManyRedirects(maxRedirects));
    }

    /** Requests one hop, and reports the outcome to the circuit breaker of its host. */
    private <T> Response<T> request(ImageUrl url, int redirects, Attempt attempt, BodyReader<T> reader)
            throws ImageFailedException {
        circuitBreakers.acquirePermission(url, attempt);
        try {
            Response<T> response = rangeFetcher.fetch(url, attempt, reader);
            // The host of the next hop is not responsible for the time that this hop took.
            if (response instanceof Response.Redirect && attempt.timeout() != TimeoutKind.NONE) {
                throw new ImageFailedException(failures.timeout(attempt.timeout()));
            }
            circuitBreakers.recordResponse(url);
            return response;
        } catch (ImageFailedException e) {
            throw recorded(cause(e, attempt), url, attempt, redirects);
        } catch (RuntimeException | Error e) {
            FatalErrors.haltIfFatal(e);
            circuitBreakers.releasePermission(url, attempt);
            throw e;
        }
    }

    /** If a timeout ended the attempt, the timeout is the cause, and not the exception that its interrupt led to. */
    private ImageFailedException cause(ImageFailedException e, Attempt attempt) {
        // A status is the outcome even if the rest of the response never came.
        return attempt.timeout() == TimeoutKind.NONE || e.failure() instanceof HttpStatus
                ? e
                : new ImageFailedException(failures.timeout(attempt.timeout()));
    }

    /** Reports the failure of a hop to its circuit breaker, and adds the contact of the first hop. */
    private ImageFailedException recorded(ImageFailedException e, ImageUrl url, Attempt attempt, int redirects) {
        Contact contact = e.failure().contact();
        // After a redirect, an earlier hop may have used up the total timeout. If that counted, a hostile origin could
        // open the circuit of any host. A read timeout always belongs to the hop.
        boolean elsewhere = redirects > 0 && attempt.timeout() == TimeoutKind.TOTAL_TIMEOUT;
        if (contact == Contact.TIMED_OUT && (elsewhere || !attempt.isHostResponsible())) {
            contact = Contact.NONE;
        }
        switch (contact) {
            case ANSWERED -> circuitBreakers.recordResponse(url);
            case TIMED_OUT ->
                circuitBreakers.recordTimeout(url, attempt, e.failure().message());
            case NONE -> circuitBreakers.releasePermission(url, attempt);
        }
        return new ImageFailedException(e.failure(), redirects > 0 ? Contact.ANSWERED : contact);
    }
}
