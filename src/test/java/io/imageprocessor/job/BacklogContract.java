package io.imageprocessor.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.imageprocessor.job.SubmissionRejectedException.Reason;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The contract of {@link Backlog}, which every implementation runs. */
public abstract class BacklogContract {

    protected static final int LIMIT = 10;

    /** Returns the backlog of this test, whose limit is {@link #LIMIT} images. */
    protected abstract Backlog backlog();

    /** Makes the service stop. */
    protected abstract void stop();

    /** Saves images before they are accepted. A backlog that counts stored images overrides this. */
    protected void save(int images) {}

    @Test
    void reservesUpToItsLimit() {
        backlog().reserve(LIMIT - 1);
        backlog().reserve(1);

        assertRejected(1, Reason.FULL);
    }

    @Test
    void reservesNothingIfItRejects() {
        backlog().reserve(LIMIT - 2);

        assertRejected(3, Reason.FULL);

        backlog().reserve(2);
        assertRejected(1, Reason.FULL);
    }

    @Test
    void reservesReleasedCapacityAgain() {
        backlog().reserve(LIMIT);

        backlog().release(3);

        backlog().reserve(3);
        assertRejected(1, Reason.FULL);
    }

    @Test
    void countsAcceptedImages() {
        backlog().reserve(LIMIT);
        save(LIMIT - 1);

        backlog().accepted(LIMIT - 1);
        assertRejected(1, Reason.FULL);
        backlog().release(1);

        backlog().reserve(1);
        assertRejected(1, Reason.FULL);
    }

    @Test
    void neverExceedsItsLimitUnderConcurrency() {
        long reserved = IntStream.range(0, 1_000)
                .parallel()
                .filter(_ -> {
                    try {
                        backlog().reserve(1);
                        return true;
                    } catch (SubmissionRejectedException e) {
                        return false;
                    }
                })
                .count();

        assertThat(reserved).isBetween(1L, (long) LIMIT);
    }

    @Test
    void rejectsReservationsWhileTheServiceStops() {
        backlog().reserve(1);

        stop();

        assertRejected(1, Reason.STOPPING);
        backlog().release(1);
        assertRejected(1, Reason.STOPPING);
    }

    private void assertRejected(int images, Reason reason) {
        assertThatExceptionOfType(SubmissionRejectedException.class)
                .isThrownBy(() -> backlog().reserve(images))
                .extracting(SubmissionRejectedException::reason)
                .isEqualTo(reason);
    }
}
