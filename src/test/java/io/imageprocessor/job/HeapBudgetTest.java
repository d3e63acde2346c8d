package io.imageprocessor.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.imageprocessor.job.SubmissionRejectedException.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HeapBudgetTest {

    private static final long LIMIT = 64_000_000;
    private static final long LARGEST = LIMIT / 8 * 7;

    private final HeapBudget budget = new HeapBudget(LIMIT);

    @Test
    void reservesInStepsAndReleasesTheRestOfACompleteJob() {
        HeapReservation job = budget.newReservation();
        long reserved = job.growTo(1_000);
        assertThat(reserved).isBetween(1_000L, 2_000L).isEqualTo(budget.reserved());
        assertThat(job.growTo(reserved)).isEqualTo(reserved);

        job.complete(1_100, 300);
        assertThat(budget.reserved()).isEqualTo(1_100);

        job.jobFinished();
        job.jobFinished();
        assertThat(budget.reserved()).isEqualTo(800);
    }

    @Test
    void takesNoStepAheadThatDoesNotFit() {
        HeapReservation other = budget.newReservation();
        other.growTo(LARGEST - 10_000_000);
        other.complete(LARGEST - 10_000_000, 0);
        HeapReservation last = budget.newReservation();

        assertThat(last.growTo(9_900_000)).isEqualTo(9_900_000);
    }

    @Test
    void rejectsAJobThatIsLargerThanAnEmptyServiceAccepts() {
        HeapReservation job = budget.newReservation();
        job.growTo(LARGEST);

        assertThatExceptionOfType(JobTooLargeException.class)
                .isThrownBy(() -> job.growTo(LARGEST + 1))
                .withMessage("the job needs more than 53 MB of memory");

        job.close();
        assertThat(budget.reserved()).isZero();
    }

    @Test
    void rejectsAJobWhileOthersTakeTheMemory() {
        HeapReservation large = budget.newReservation();
        large.growTo(LARGEST - 1_000);
        HeapReservation next = budget.newReservation();

        assertFull(next, 2_000_000);

        large.close();
        assertThat(next.growTo(2_000_000)).isGreaterThanOrEqualTo(2_000_000);
    }

    @Test
    void keepsAShareForLightJobs() {
        budget.newReservation().growTo(LARGEST);

        assertFull(budget.newReservation(), 1_000_001);
        List<HeapReservation> light = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            light.add(budget.newReservation());
            light.getLast().growTo(1_000_000);
        }
        assertFull(budget.newReservation(), 1);
    }

    @Test
    void evictsFinishedJobsUntilTheJobFits() {
        Deque<HeapReservation> finished = new ArrayDeque<>();
        for (int i = 0; i < 7; i++) {
            finished.add(budget.newReservation());
            finished.getLast().growTo(7_600_000);
        }
        List<Boolean> forLight = new ArrayList<>();
        budget.evictWith((light, _) -> {
            forLight.add(light);
            return close(finished);
        });

        budget.newReservation().growTo(18_000_000);

        assertThat(finished).hasSize(4);
        assertThat(forLight).containsExactly(false, false, false);
        assertFull(budget.newReservation(), LARGEST);
        assertThat(finished).isEmpty();
    }

    private static boolean close(Deque<HeapReservation> finished) {
        HeapReservation oldest = finished.pollFirst();
        if (oldest != null) {
            oldest.close();
        }
        return oldest != null;
    }

    @Test
    void aStorageReleasesWhatItKeeps() {
        HeapReservation job = budget.newReservation();
        job.growTo(1_000);
        job.complete(1_000, 0);
        job.keep();

        job.closeUnlessKept();
        assertThat(budget.reserved()).isEqualTo(1_000);
        job.add(40);
        assertThat(budget.reserved()).isEqualTo(1_040);

        job.close();
        job.close();
        job.add(40);
        job.jobFinished();
        assertThat(budget.reserved()).isZero();
    }

    /** Seeded, so that a failure repeats. */
    @Test
    void returnsToZeroAfterConcurrentHistories() {
        IntStream.range(0, 400).parallel().forEach(seed -> {
            Random random = new Random(seed);
            HeapReservation job = budget.newReservation();
            try {
                long size = 1 + random.nextInt(1 << (1 + random.nextInt(24)));
                for (long needed = 1; needed < size; needed += 1 + needed / 3) {
                    job.growTo(needed);
                }
                job.growTo(size);
                job.complete(size, size / 2);
                if (random.nextBoolean()) {
                    job.keep();
                    job.closeUnlessKept();
                    job.add(40);
                    job.jobFinished();
                    job.close();
                }
            } catch (SubmissionRejectedException e) {
                assertThat(budget.reserved()).isPositive();
            } finally {
                job.closeUnlessKept();
            }
            assertThat(budget.reserved()).isBetween(0L, LIMIT + LIMIT);
        });

        assertThat(budget.reserved()).isZero();
    }

    private static void assertFull(HeapReservation job, long needed) {
        assertThatExceptionOfType(SubmissionRejectedException.class)
                .isThrownBy(() -> job.growTo(needed))
                .withMessage("memory limit for jobs reached; try again later")
                .extracting(SubmissionRejectedException::reason)
                .isEqualTo(Reason.FULL);
    }
}
