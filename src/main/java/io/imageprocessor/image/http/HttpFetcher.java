package io.imageprocessor.image.http;

import io.imageprocessor.image.ImageFailedException;
import io.imageprocessor.image.ImageFailure.Contact;
import io.imageprocessor.image.ImageFailure.HttpStatus;
import io.imageprocessor.image.ImageFailure.TooManyRedirects;
import io.imageprocessor.image.http.RangeFetcher.Answer;
import io.imageprocessor.image.http.TimeoutWatchdog.Attempt;
import io.imageprocessor.image.http.TimeoutWatchdog.Expiry;
import io.imageprocessor.image.url.ImageUrl;
import io.imageprocessor.image.url.SourceUrlPolicy;

/** Follows a URL to the body it stands for, over as many redirects as are allowed. Thread-safe. */
public final class HttpFetcher {

    private final RangeFetcher http;
    private final SourceUrlPolicy policy;
    private final HostCircuitBreakers circuits;
    private final NetworkFailures failures;
    private final int maxRedirects;

    public HttpFetcher(
            RangeFetcher http,
            SourceUrlPolicy policy,
            HostCircuitBreakers circuits,
            NetworkFailures failures,
            int maxRedirects) {
        this.http = http;
        this.policy = policy;
        this.circuits = circuits;
        this.failures = failures;
        this.maxRedirects = maxRedirects;
    }

    /**
     * What {@code reader} makes of the body behind {@code first}. Every hop is checked as the first URL is, and its
     * host is asked only while its circuit lets the attempt through.
     */
    public <T> T fetch(ImageUrl first, Attempt attempt, RangeFetcher.BodyReader<T> reader) throws ImageFailedException {
        ImageUrl url = first;
        for (int redirects = 0; redirects <= maxRedirects; redirects++) {
            policy.check(url);
            switch (ask(url, redirects, attempt, reader)) {
                case Answer.Result<T>(T value) -> {
                    return value;
                }
                case Answer.Redirect<T>(String location) -> url = url.resolve(location);
            }
        }
        throw new ImageFailedException(new TooManyRedirects(maxRedirects));
    }

    /** One hop; what comes of it, its host is charged with. */
    private <T> Answer<T> ask(ImageUrl url, int redirects, Attempt attempt, RangeFetcher.BodyReader<T> reader)
            throws ImageFailedException {
        circuits.enter(url, attempt);
        try {
            Answer<T> answer = http.ask(url, attempt, reader);
            // The next hop must not answer for the time that this one took.
            if (answer instanceof Answer.Redirect && attempt.expiry() != Expiry.NONE) {
                throw new ImageFailedException(failures.expired(attempt.expiry()));
            }
            circuits.answered(url);
            return answer;
        } catch (ImageFailedException e) {
            throw charged(cause(e, attempt), url, attempt, redirects);
        } catch (RuntimeException | Error e) {
            circuits.leave(url, attempt);
            throw e;
        }
    }

    /** Where the attempt was ended for its time, that is the cause, whatever the interrupt made of it. */
    private ImageFailedException cause(ImageFailedException e, Attempt attempt) {
        // With a status the origin has said what matters, even if the rest of its answer never came.
        return attempt.expiry() == Expiry.NONE || e.failure() instanceof HttpStatus
                ? e
                : new ImageFailedException(failures.expired(attempt.expiry()));
    }

    /** Charges the hop's host, and tells what the failure means for that of the first hop. */
    private ImageFailedException charged(ImageFailedException e, ImageUrl url, Attempt attempt, int redirects) {
        Contact contact = e.failure().contact();
        // Before a redirect led here, most of the time may have gone by elsewhere: a hostile origin could have any host
        // left
        // alone. The host's own silence is its own at every hop.
        boolean elsewhere = redirects > 0 && attempt.expiry() == Expiry.OVERDUE;
        if (contact == Contact.TIMED_OUT && (elsewhere || !attempt.isAtHost())) {
            contact = Contact.NONE;
        }
        switch (contact) {
            case ANSWERED -> circuits.answered(url);
            case TIMED_OUT -> circuits.timedOut(url, attempt, e.failure().message());
            case NONE -> circuits.leave(url, attempt);
        }
        return new ImageFailedException(e.failure(), redirects > 0 ? Contact.ANSWERED : contact);
    }
}
