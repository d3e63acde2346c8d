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
    private final HostCircuitBreakers circuits = new HostCircuitBreakers(FIRST_OPEN, now::get);

    @Test
    void opensAfterSoManyTimeoutsInARowAndTellsTheReason() {
        timeOut(DEAD, TIMEOUTS_TO_OPEN - 1);
        assertLetsThrough(DEAD);

        timeOut(DEAD, 1);

        ImageFailure failure = refusal(DEAD);
        assertThat(failure)
                .isEqualTo(new HostUnavailable(
                        "the host has not answered lately: the origin was silent for 10s", FIRST_OPEN));
        assertThat(failure.code()).isEqualTo("host_unavailable");
        assertThat(failure.retryable()).isTrue();
    }

    @Test
    void forgetsHalfOfTheTimeoutsWithEachAnswer() {
        timeOut(DEAD, TIMEOUTS_TO_OPEN - 2);
        circuits.answered(DEAD);
        timeOut(DEAD, TIMEOUTS_TO_OPEN / 2);
        assertLetsThrough(DEAD);

        timeOut(DEAD, 1);

        assertThat(refusal(DEAD)).isInstanceOf(HostUnavailable.class);
    }

    @Test
    void opensForAHostThatAnswersNowAndThen() {
        for (int i = 0; i < 3; i++) {
            timeOut(DEAD, TIMEOUTS_TO_OPEN - 1);
            circuits.answered(DEAD);
        }
        timeOut(DEAD, TIMEOUTS_TO_OPEN - 1);

        assertThat(refusal(DEAD)).isInstanceOf(HostUnavailable.class);
    }

    @Test
    void staysClosedForAHostThatTimesOutNowAndThen() {
        for (int i = 0; i < 100; i++) {
            timeOut(DEAD, 2);
            circuits.answered(DEAD);
        }

        assertLetsThrough(DEAD);
    }

    @Test
    void tellsHowManyHostsAreLeftAlone() throws Exception {
        timeOut(DEAD, TIMEOUTS_TO_OPEN - 1);
        assertThat(circuits.open()).isZero();

        timeOut(DEAD, 1);
        assertThat(circuits.open()).isEqualTo(1);

        now.addAndGet(FIRST_OPEN.toNanos());
        assertThat(circuits.open()).isZero();
        circuits.enter(DEAD, "trial");
        assertThat(circuits.open()).isEqualTo(1);
    }

    @Test
    void concernsOneHostAndPortOnly() {
        timeOut(DEAD, TIMEOUTS_TO_OPEN);

        assertLetsThrough(url("http://alive.example/1.jpg"));
        assertLetsThrough(url("http://dead.example:8080/1.jpg"));
        assertThat(refusal(url("http://dead.example/2.jpg"))).isInstanceOf(HostUnavailable.class);
    }

    @Test
    void tellsWhenTheNextAttemptMayBeMade() {
        timeOut(DEAD, TIMEOUTS_TO_OPEN);
        pass(Duration.ofSeconds(4));

        assertThat(refusal(DEAD).retryAfter()).isEqualTo(Duration.ofSeconds(6));
    }

    @Test
    void letsOneAttemptThroughOnTrialOnceItsTimeIsOver() {
        timeOut(DEAD, TIMEOUTS_TO_OPEN);
        pass(FIRST_OPEN);

        assertLetsThrough(DEAD);

        assertThat(refusal(DEAD).retryAfter()).isEqualTo(FIRST_OPEN);
    }

    @Test
    void closesWhenTheTrialIsAnswered() {
        timeOut(DEAD, TIMEOUTS_TO_OPEN);
        pass(FIRST_OPEN);
        assertLetsThrough(DEAD);

        circuits.answered(DEAD);

        assertLetsThrough(DEAD);
        assertLetsThrough(DEAD);
    }

    @Test
    void forgetsAHostThatAnswersAgain() {
        timeOut(DEAD, TIMEOUTS_TO_OPEN);
        for (int i = 0; i < 4; i++) {
            circuits.answered(DEAD);
        }

        assertThat(circuits.size()).isZero();
    }

    @Test
    void opensForTwiceAsLongWithEveryTrialThatTimesOutUpToALimit() {
        timeOut(DEAD, TIMEOUTS_TO_OPEN);

        for (long seconds : new long[] {10, 20, 40, 40}) {
            assertThat(refusal(DEAD).retryAfter()).isEqualTo(Duration.ofSeconds(seconds));
            pass(Duration.ofSeconds(seconds));
            Object trial = enter(DEAD);
            pass(Duration.ofSeconds(10));
            circuits.timedOut(DEAD, trial, REASON);
        }
    }

    @Test
    void isNotMovedByTimeoutsOfAttemptsFromBeforeItOpened() {
        Object straggler = enter(DEAD);
        timeOut(DEAD, TIMEOUTS_TO_OPEN);
        pass(FIRST_OPEN);
        Object trial = enter(DEAD);

        circuits.timedOut(DEAD, straggler, REASON);

        assertThat(refusal(DEAD).retryAfter()).isEqualTo(FIRST_OPEN);
        circuits.timedOut(DEAD, trial, REASON);
        assertThat(refusal(DEAD).retryAfter()).isEqualTo(FIRST_OPEN.multipliedBy(2));
    }

    @Test
    void letsAnotherAttemptThroughWhenTheTrialTellsNothing() {
        timeOut(DEAD, TIMEOUTS_TO_OPEN);
        pass(FIRST_OPEN);
        Object trial = enter(DEAD);

        circuits.leave(DEAD, new Object());
        assertThat(refusal(DEAD)).isInstanceOf(HostUnavailable.class);
        circuits.leave(DEAD, trial);

        assertLetsThrough(DEAD);
        assertThat(refusal(DEAD)).isInstanceOf(HostUnavailable.class);
    }

    @Test
    void remembersOnlyHostsThatTimedOutAndNotForEver() {
        enter(DEAD);
        circuits.answered(DEAD);
        circuits.leave(DEAD, new Object());
        assertThat(circuits.size()).isZero();

        timeOut(DEAD, 1);
        pass(Duration.ofHours(1));
        timeOut(url("http://other.example/"), 1);

        assertThat(circuits.size()).isEqualTo(1);
    }

    @Test
    void forgetsTheHostThatTimedOutLongestAgoWhenThereAreTooMany() {
        timeOut(DEAD, TIMEOUTS_TO_OPEN);
        for (int i = 1; i <= MAX_HOSTS; i++) {
            now.incrementAndGet();
            timeOut(url("http://host" + i + ".example/"), TIMEOUTS_TO_OPEN);
        }

        assertThat(circuits.size()).isEqualTo(MAX_HOSTS);
        assertLetsThrough(DEAD);
        assertThat(refusal(url("http://host1.example/"))).isInstanceOf(HostUnavailable.class);
    }

    private void timeOut(ImageUrl url, int times) {
        for (int i = 0; i < times; i++) {
            circuits.timedOut(url, new Object(), REASON);
        }
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private Object enter(ImageUrl url) {
        Object attempt = new Object();
        assertThatCode(() -> circuits.enter(url, attempt)).doesNotThrowAnyException();
        return attempt;
    }

    private void assertLetsThrough(ImageUrl url) {
        enter(url);
    }

    private ImageFailure refusal(ImageUrl url) {
        return catchThrowableOfType(ImageFailedException.class, () -> circuits.enter(url, new Object()))
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
