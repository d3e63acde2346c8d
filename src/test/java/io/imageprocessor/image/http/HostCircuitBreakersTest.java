package io.imageprocessor.image.http;

import static io.imageprocessor.image.http.HostCircuitBreakers.MAX_HOSTS;
import static io.imageprocessor.image.http.HostCircuitBreakers.TIMEOUTS_TO_OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.imageprocessor.image.ImageFailedException;
import io.imageprocessor.image.ImageFailure;
import io.imageprocessor.image.ImageFailure.HostUnavailable;
import io.imageprocessor.image.url.ImageUrl;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HostCircuitBreakersTest {

    private static final Duration FIRST_OPEN = Duration.ofSeconds(10);
    private static final ImageUrl DEAD = url("http://dead.example/1.jpg");
    private static final String REASON = "the origin was silent for 10s";

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final HostCircuitBreakers circuitBreakers = new HostCircuitBreakers(FIRST_OPEN, now::get);

    @Test
    void opensAfterConsecutiveTimeoutsAndReportsTheReason() {
        timeOut(DEAD, TIMEOUTS_TO_OPEN - 1);
        assertPermits(DEAD);

        timeOut(DEAD, 1);

        ImageFailure failure = rejection(DEAD);
        assertThat(failure)
                .isEqualTo(new HostUnavailable(
                        "the host has not answered lately: the origin was silent for 10s", FIRST_OPEN));

        assertThat(failure.retryable()).isTrue();
    }

    @Test
    void halvesTheCountWithEachResponse() {
        timeOut(DEAD, TIMEOUTS_TO_OPEN - 2);
        circuitBreakers.recordResponse(DEAD);
        timeOut(DEAD, TIMEOUTS_TO_OPEN / 2);
        assertPermits(DEAD);

        timeOut(DEAD, 1);

        assertThat(rejection(DEAD)).isInstanceOf(HostUnavailable.class);
    }

    @Test
    void opensForAHostThatSometimesResponds() {
        for (int i = 0; i < 3; i++) {
            timeOut(DEAD, TIMEOUTS_TO_OPEN - 1);
            circuitBreakers.recordResponse(DEAD);
        }
        timeOut(DEAD, TIMEOUTS_TO_OPEN - 1);

        assertThat(rejection(DEAD)).isInstanceOf(HostUnavailable.class);
    }

    @Test
    void staysClosedForAHostThatSometimesTimesOut() {
        for (int i = 0; i < 100; i++) {
            timeOut(DEAD, 2);
            circuitBreakers.recordResponse(DEAD);
        }

        assertPermits(DEAD);
    }

    @Test
    void countsOpenCircuits() throws Exception {
        timeOut(DEAD, TIMEOUTS_TO_OPEN - 1);
        assertThat(circuitBreakers.openCircuits()).isZero();

        timeOut(DEAD, 1);
        assertThat(circuitBreakers.openCircuits()).isEqualTo(1);

        now.addAndGet(FIRST_OPEN.toNanos());
        assertThat(circuitBreakers.openCircuits()).isZero();
        circuitBreakers.acquirePermission(DEAD, "trial");
        assertThat(circuitBreakers.openCircuits()).isEqualTo(1);
    }

    @Test
    void appliesToOneHostAndPort() {
        timeOut(DEAD, TIMEOUTS_TO_OPEN);

        assertPermits(url("http://alive.example/1.jpg"));
        assertPermits(url("http://dead.example:8080/1.jpg"));
        assertThat(rejection(url("http://dead.example/2.jpg"))).isInstanceOf(HostUnavailable.class);
    }

    @Test
    void reportsTheTimeUntilTheNextAttempt() {
        timeOut(DEAD, TIMEOUTS_TO_OPEN);
        pass(Duration.ofSeconds(4));

        assertThat(rejection(DEAD).retryAfter()).isEqualTo(Duration.ofSeconds(6));
    }

    @Test
    void permitsOneTrialAfterTheOpenTime() {
        timeOut(DEAD, TIMEOUTS_TO_OPEN);
        pass(FIRST_OPEN);

        assertPermits(DEAD);

        assertThat(rejection(DEAD).retryAfter()).isEqualTo(FIRST_OPEN);
    }

    @Test
    void closesAfterAResponseToTheTrial() {
        timeOut(DEAD, TIMEOUTS_TO_OPEN);
        pass(FIRST_OPEN);
        assertPermits(DEAD);

        circuitBreakers.recordResponse(DEAD);

        assertPermits(DEAD);
        assertPermits(DEAD);
    }

    @Test
    void removesAHostThatRespondsAgain() {
        timeOut(DEAD, TIMEOUTS_TO_OPEN);
        for (int i = 0; i < 4; i++) {
            circuitBreakers.recordResponse(DEAD);
        }

        assertThat(circuitBreakers.size()).isZero();
    }

    @Test
    void doublesTheOpenTimeAfterEachFailedTrialUpToALimit() {
        timeOut(DEAD, TIMEOUTS_TO_OPEN);

        for (long seconds : new long[] {10, 20, 40, 40}) {
            assertThat(rejection(DEAD).retryAfter()).isEqualTo(Duration.ofSeconds(seconds));
            pass(Duration.ofSeconds(seconds));
            Object trial = acquire(DEAD);
            pass(Duration.ofSeconds(10));
            circuitBreakers.recordTimeout(DEAD, trial, REASON);
        }
    }

    @Test
    void ignoresTimeoutsOfAttemptsThatStartedBeforeItOpened() {
        Object straggler = acquire(DEAD);
        timeOut(DEAD, TIMEOUTS_TO_OPEN);
        pass(FIRST_OPEN);
        Object trial = acquire(DEAD);

        circuitBreakers.recordTimeout(DEAD, straggler, REASON);

        assertThat(rejection(DEAD).retryAfter()).isEqualTo(FIRST_OPEN);
        circuitBreakers.recordTimeout(DEAD, trial, REASON);
        assertThat(rejection(DEAD).retryAfter()).isEqualTo(FIRST_OPEN.multipliedBy(2));
    }

    @Test
    void permitsAnotherTrialIfTheFirstHasNoOutcome() {
        timeOut(DEAD, TIMEOUTS_TO_OPEN);
        pass(FIRST_OPEN);
        Object trial = acquire(DEAD);

        circuitBreakers.releasePermission(DEAD, new Object());
        assertThat(rejection(DEAD)).isInstanceOf(HostUnavailable.class);
        circuitBreakers.releasePermission(DEAD, trial);

        assertPermits(DEAD);
        assertThat(rejection(DEAD)).isInstanceOf(HostUnavailable.class);
    }

    @Test
    void storesOnlyHostsThatTimedOutAndRemovesOldOnes() {
        acquire(DEAD);
        circuitBreakers.recordResponse(DEAD);
        circuitBreakers.releasePermission(DEAD, new Object());
        assertThat(circuitBreakers.size()).isZero();

        timeOut(DEAD, 1);
        pass(Duration.ofHours(1));
        timeOut(url("http://other.example/"), 1);

        assertThat(circuitBreakers.size()).isEqualTo(1);
    }

    @Test
    void removesTheHostWithTheOldestTimeoutAtTheLimit() {
        timeOut(DEAD, TIMEOUTS_TO_OPEN);
        for (int i = 1; i <= MAX_HOSTS; i++) {
            now.incrementAndGet();
            timeOut(url("http://host" + i + ".example/"), TIMEOUTS_TO_OPEN);
        }

        assertThat(circuitBreakers.size()).isEqualTo(MAX_HOSTS);
        assertPermits(DEAD);
        assertThat(rejection(url("http://host1.example/"))).isInstanceOf(HostUnavailable.class);
    }

    private void timeOut(ImageUrl url, int times) {
        for (int i = 0; i < times; i++) {
            circuitBreakers.recordTimeout(url, new Object(), REASON);
        }
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private Object acquire(ImageUrl url) {
        Object attempt = new Object();
        assertThatCode(() -> circuitBreakers.acquirePermission(url, attempt)).doesNotThrowAnyException();
        return attempt;
    }

    private void assertPermits(ImageUrl url) {
        acquire(url);
    }

    private ImageFailure rejection(ImageUrl url) {
        return catchThrowableOfType(
                        ImageFailedException.class, () -> circuitBreakers.acquirePermission(url, new Object()))
                .failure();
    }

    private static ImageUrl url(String url) {
        try {
            return ImageUrl.parse(url);
        } catch (ImageFailedException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
