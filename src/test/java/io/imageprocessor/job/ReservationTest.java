package io.imageprocessor.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.imageprocessor.job.SubmissionRejectedException.Reason;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReservationTest {

    private static final int LIMIT = 5;

    private final CountingBacklog backlog = new CountingBacklog();
    private final Reservation reservation = new Reservation(backlog);

    @Test
    void closingReleasesAllImagesOfARejectedSubmission() {
        addImages(3);

        reservation.close();

        assertThat(backlog.reserved).isZero();
        assertThat(backlog.accepted).isZero();
    }

    @Test
    void reducingReleasesTheRestAndHandingOverKeepsIt() {
        addImages(5);
        reservation.reduceTo(3);
        assertThat(backlog.reserved).isEqualTo(3);
        reservation.handOver();

        reservation.close();

        assertThat(backlog.reserved).isZero();
        assertThat(backlog.accepted).isEqualTo(3);
    }

    @Test
    void closingTwiceReleasesNothingTwice() {
        addImages(3);
        reservation.reduceTo(1);

        reservation.close();
        reservation.close();

        assertThat(backlog.reserved).isZero();
    }

    @Test
    void closingDoesNotReleaseARejectedImage() {
        addImages(LIMIT);
        assertThatExceptionOfType(SubmissionRejectedException.class).isThrownBy(reservation::addImage);

        reservation.close();

        assertThat(backlog.reserved).isZero();
    }

    @Test
    void closingReleasesEverythingIfHandingOverFails() {
        addImages(2);
        backlog.failure = new StorageUnavailableException(new IllegalStateException("expected by this test"));
        assertThatExceptionOfType(StorageUnavailableException.class).isThrownBy(() -> reservation.handOver());

        reservation.close();

        assertThat(backlog.reserved).isZero();
    }

    private void addImages(int images) {
        for (int i = 0; i < images; i++) {
            reservation.addImage();
        }
    }

    private static final class CountingBacklog implements Backlog {

        private int reserved;
        private int accepted;
        private @Nullable RuntimeException failure;

        @Override
        public void reserve(int images) {
            if (reserved + images > LIMIT) {
                throw new SubmissionRejectedException(Reason.FULL, "expected by this test");
            }
            reserved += images;
        }

        @Override
        public void release(int images) {
            reserved -= images;
        }

        @Override
        public void accepted(int images) {
            if (failure != null) {
                throw failure;
            }
            accepted += images;
            reserved -= images;
        }
    }
}
