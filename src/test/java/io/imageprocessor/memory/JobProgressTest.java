package io.imageprocessor.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.imageprocessor.job.FailedStore;
import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.JobCounts;
import io.imageprocessor.job.JobState;
import io.imageprocessor.job.Jobs;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class JobProgressTest {

    private static final Instant NOW = Instant.parse("2026-01-02T00:00:00Z");
    private static final ImageResult SUCCEEDED = new ImageResult.Succeeded(640, 480, "jpeg", 10_000, 1, 20, 250);

    @Test
    void movesAnImageFromPendingToRunningToItsResult() {
        JobProgress progress = progress(Jobs.job(1).visit("S1", "http://a/1", "http://a/2"));

        assertThat(progress.start(0)).isTrue();
        assertThat(progress.status().counts()).isEqualTo(new JobCounts(2, 1, 1, 0, 0, 0));

        assertThat(progress.record(0, SUCCEEDED)).isEqualTo(JobProgress.Recorded.RECORDED);
        assertThat(progress.status().counts()).isEqualTo(new JobCounts(2, 1, 0, 1, 0, 0));
    }

    @Test
    void startsEachImageOnce() {
        JobProgress progress = progress(Jobs.job(1).visit("S1", "http://a/1"));

        assertThat(progress.start(0)).isTrue();
        assertThat(progress.start(0)).isFalse();
    }

    @Test
    void rejectsAResultOfAPendingImage() {
        JobProgress progress = progress(Jobs.job(7).visit("S1", "http://a/1"));

        assertThatIllegalStateException()
                .isThrownBy(() -> progress.record(0, SUCCEEDED))
                .withMessage("image 0 of job 7 is PENDING and cannot have a result");
    }

    @Test
    void recordsOnlyTheFirstResult() {
        JobProgress progress = progress(Jobs.job(1).visit("S1", "http://a/1", "http://a/2"));
        progress.start(0);
        progress.record(0, SUCCEEDED);

        assertThat(progress.record(0, failed(FailureCode.TIMEOUT))).isEqualTo(JobProgress.Recorded.TOO_LATE);
        assertThat(progress.start(0)).isFalse();
        assertThat(progress.status().counts()).isEqualTo(new JobCounts(2, 1, 0, 1, 0, 0));
    }

    @Test
    void staysOngoingUntilTheLastResult() {
        JobProgress progress = progress(Jobs.job(1).visit("S1", "http://a/1", "http://a/2"));
        progress.start(0);
        progress.start(1);

        progress.record(0, failed(FailureCode.TIMEOUT));
        assertThat(progress.status().state()).isEqualTo(JobState.ONGOING);
        assertThat(progress.status().finishedAt()).isEmpty();
        assertThat(progress.report().failedStores())
                .containsExactly(new FailedStore("S1", FailureCode.TIMEOUT, "because of timeout", 1, 0, 2));

        assertThat(progress.record(1, SUCCEEDED)).isEqualTo(JobProgress.Recorded.FINISHED_JOB);
        assertThat(progress.status().state()).isEqualTo(JobState.FAILED);
        assertThat(progress.status().finishedAt()).contains(NOW);
    }

    @Test
    void completesIfEveryImageSucceeded() {
        JobProgress progress = progress(Jobs.job(1).visit("S1", "http://a/1"));
        progress.start(0);
        progress.record(0, SUCCEEDED);

        assertThat(progress.status().state()).isEqualTo(JobState.COMPLETED);
        assertThat(progress.report().failedStores()).isEmpty();
    }

    @Test
    void failsTheImagesOfAnUnknownStoreFromTheStart() {
        JobProgress progress =
                progress(Jobs.job(1).visit("S1", "http://a/1").visit("unknown", "http://a/2", "http://a/3"));

        assertThat(progress.status().counts()).isEqualTo(new JobCounts(3, 1, 0, 0, 2, 0));
        assertThat(progress.status().state()).isEqualTo(JobState.ONGOING);
        assertThat(progress.start(1)).isFalse();
    }

    @Test
    void finishesAtOnceWithoutKnownStores() {
        JobProgress progress = progress(Jobs.job(1).visit("unknown", "http://a/1"));

        assertThat(progress.status().state()).isEqualTo(JobState.FAILED);
        assertThat(progress.report().failedStores())
                .containsExactly(new FailedStore("unknown", FailureCode.STORE_NOT_FOUND, "store not found", 1, 0, 1));
    }

    @Test
    void reportsFailedStoresOnceWithTheirFirstCause() {
        JobProgress progress = progress(Jobs.job(1)
                .visit("S2", "http://a/0", "http://a/1")
                .visit("S1", "http://a/2")
                .visit("S3", "http://a/3")
                .visit("S2", "http://a/4"));
        for (int index = 4; index >= 0; index--) {
            progress.start(index);
        }
        progress.record(4, failed(FailureCode.TIMEOUT));
        progress.record(3, SUCCEEDED);
        progress.record(2, failed(FailureCode.NOT_AN_IMAGE));
        progress.record(1, failed(FailureCode.HTTP_STATUS));
        progress.record(0, SUCCEEDED);

        assertThat(progress.report().failedStores())
                .containsExactly(
                        new FailedStore("S2", FailureCode.HTTP_STATUS, "because of http_status", 2, 0, 3),
                        new FailedStore("S1", FailureCode.NOT_AN_IMAGE, "because of not_an_image", 1, 0, 1));
    }

    @Test
    void computesThePerimeterOfTheLargestImage() {
        int largest = Integer.MAX_VALUE;

        assertThat(new ImageResult.Succeeded(largest, largest, "png", 1, 1, 1, 1).perimeter())
                .isEqualTo(8589934588L);
    }

    private static ImageResult failed(FailureCode code) {
        return new ImageResult.Failed(code, "because of " + code.code(), 1, 5);
    }

    private static JobProgress progress(Jobs job) {
        return new JobProgress(job.build(), Clock.fixed(NOW, ZoneOffset.UTC));
    }
}
