package io.imageprocessor.job;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.job.SubmissionRejectedException.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HeapBudgetTest {

    private static final long LIMIT = 64_000_000;
    private static final long LARGEST = LIMIT / 8 * 7;
    private static final int THREADS = 4;

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
    void evictsForExactlyTheBytesThatAreMissing() {
        budget.newReservation().growTo(1_000_000);
        HeapReservation large = reserved(LARGEST - 10_000_000);
        List<Long> evictions = new ArrayList<>();
        budget.evictWith((bytes, forLight, _) -> {
            assertThat(forLight).isFalse();
            evictions.add(bytes);
            large.close();
            return true;
        });
        long missing = 20_000_000 - (LARGEST - budget.reserved());

        budget.newReservation().growTo(20_000_000);

        assertThat(evictions).containsExactly(missing);
    }

    @Test
    void rejectsAJobIfTheFinishedJobsDoNotSuffice() {
        HeapReservation finished = reserved(LARGEST - 10_000_000);
        List<Boolean> evictions = new ArrayList<>();
        budget.evictWith((_, light, _) -> {
            evictions.add(light);
            return false;
        });

        assertFull(budget.newReservation(), 11_000_000);
        assertFull(reservedLight(), 1_000_000);

        assertThat(evictions).containsExactly(false, true);
        assertThat(budget.reserved()).isEqualTo(finished.bytes() + 8_000_000 + 10_000_000);
    }

    /** Fills what light jobs have to themselves, and returns a reservation that is still empty. */
    private HeapReservation reservedLight() {
        reserved(10_000_000);
        for (int i = 0; i < 8; i++) {
            reserved(1_000_000);
        }
        return budget.newReservation();
    }

    @Test
    void noOtherJobTakesWhatAnEvictionReleases() {
        HeapReservation finished = reserved(LARGEST - 1_000_000);
        budget.evictWith((_, _, _) -> {
            finished.close();
            assertThat(budget.tryReserve(40_000_000, 40_000_000)).isFalse();
            return true;
        });

        assertThat(budget.newReservation().growTo(20_000_000)).isEqualTo(20_000_000);
        assertThat(budget.reserved()).isEqualTo(20_000_000);
    }

    @Test
    void reservesNothingIfTheEvictionFails() {
        HeapReservation finished = reserved(LARGEST - 1_000_000);
        budget.evictWith((_, _, _) -> {
            throw new IllegalStateException("expected by this test");
        });
        HeapReservation next = budget.newReservation();

        assertThatIllegalStateException().isThrownBy(() -> next.growTo(20_000_000));

        next.close();
        finished.close();
        assertThat(budget.reserved()).isZero();
    }

    @Test
    void takesTheRoomOfAJobThatExpiresDuringTheEviction() {
        HeapReservation expiring = reserved(LARGEST - 1_000_000);
        List<Long> evictions = new ArrayList<>();
        budget.evictWith((bytes, _, _) -> {
            evictions.add(bytes);
            expiring.close();
            return false;
        });

        budget.newReservation().growTo(20_000_000);

        assertThat(evictions).containsExactly(19_000_000L);
        assertThat(budget.reserved()).isEqualTo(20_000_000);
    }

    /** Two jobs that count on the same finished job: the second one is rejected, and evicts nothing in vain. */
    @Test
    void evictsForOneJobAtATime() throws Exception {
        reserved(2_000_000);
        HeapReservation finished = reserved(LARGEST - 2_000_000);
        AtomicInteger evictions = new AtomicInteger();
        FutureTask<Boolean> second = new FutureTask<>(() -> {
            assertFull(budget.newReservation(), LARGEST - 3_000_000);
            return true;
        });
        Thread thread = new Thread(second);
        budget.evictWith((_, _, _) -> {
            if (evictions.incrementAndGet() > 1) {
                return false;
            }
            thread.start();
            await().until(() -> thread.getState() == Thread.State.BLOCKED || second.isDone());
            assertThat(second.isDone()).isFalse();
            finished.close();
            return true;
        });

        budget.newReservation().growTo(LARGEST - 3_000_000);

        assertThat(second.get()).isTrue();
        assertThat(evictions).hasValue(2);
    }

    /** Returns a reservation of exactly so many bytes. */
    private HeapReservation reserved(long bytes) {
        HeapReservation job = budget.newReservation();
        job.growTo(bytes);
        job.complete(bytes, 0);
        return job;
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

    /** In each round, two threads at once try to reserve a quarter more than there is. */
    @Test
    void reservesNoByteTwice() throws Exception {
        int bytes = 1_000;
        int jobs = (int) (LIMIT / bytes);
        AtomicReference<HeapBudget> shared = new AtomicReference<>(budget);
        AtomicInteger accepted = new AtomicInteger(jobs);
        CyclicBarrier rounds = new CyclicBarrier(2, () -> {
            assertThat(accepted.getAndSet(0)).isEqualTo(jobs);
            shared.set(new HeapBudget(LIMIT));
        });
        Callable<Void> reserving = () -> {
            for (int round = 0; round < 100; round++) {
                rounds.await();
                for (int i = 0; i < jobs / 8 * 5; i++) {
                    if (requireNonNull(shared.get()).tryReserve(bytes, bytes)) {
                        accepted.incrementAndGet();
                    }
                }
            }
            rounds.await();
            return null;
        };

        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            for (Future<Void> thread : threads.invokeAll(List.of(reserving, reserving))) {
                thread.get();
            }
        }
    }

    /**
     * Jobs of many threads, which end in every way. The bytes that they hold are counted beside the budget: too few
     * released would leave some over at the end, and too many would let the jobs hold more than the limit.
     */
    @Test
    void neverExceedsTheLimitAndReturnsToZero() throws Exception {
        // No eviction makes room for the largest jobs, so some are rejected however the threads run.
        HeapReservation ongoing = reserved(5_000_000);
        Histories histories = new Histories();
        histories.held.set(ongoing.bytes());
        budget.evictWith((bytes, _, _) -> histories.evict(bytes));
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Callable<Void>> calls = IntStream.range(0, THREADS)
                    .<Callable<Void>>mapToObj(seed -> () -> histories.run(new Random(seed)))
                    .toList();
            for (Future<Void> call : threads.invokeAll(calls)) {
                call.get();
            }
        }

        assertThat(histories.ends.keySet()).containsExactlyInAnyOrder(End.values());
        histories.closeFinished();
        histories.close(ongoing, End.REMOVED);
        assertThat(histories.held).hasValue(0);
        assertThat(budget.reserved()).isZero();
    }

    private enum End {
        REJECTED,
        TOO_LARGE,
        ABORTED,
        NOT_KEPT,
        KEPT,
        REMOVED,
        EVICTED
    }

    private final class Histories {

        private static final int JOBS = 3_000;

        private final Map<End, Integer> ends = new ConcurrentHashMap<>();
        private final AtomicLong held = new AtomicLong();

        /** Oldest first; guarded by itself, like the queue of a storage. */
        private final Deque<HeapReservation> finished = new ArrayDeque<>();

        Void run(Random random) {
            for (int i = 0; i < JOBS; i++) {
                ends.merge(history(random, budget.newReservation()), 1, Integer::sum);
            }
            return null;
        }

        private End history(Random random, HeapReservation job) {
            long size = 1L + random.nextInt(1 << (1 + random.nextInt(26)));
            try {
                for (long needed = 1; needed < size; needed += 1 + needed / 3) {
                    grow(job, needed);
                }
                grow(job, size);
            } catch (SubmissionRejectedException e) {
                return close(job, End.REJECTED);
            } catch (JobTooLargeException e) {
                return close(job, End.TOO_LARGE);
            }
            if (random.nextInt(8) == 0) {
                return close(job, End.ABORTED);
            }
            change(job, () -> job.complete(size, size / 2));
            if (random.nextInt(4) == 0) {
                change(job, job::closeUnlessKept);
                return End.NOT_KEPT;
            }
            job.keep();
            job.closeUnlessKept();
            change(job, job::jobFinished);
            if (random.nextInt(4) == 0) {
                return close(job, End.REMOVED);
            }
            synchronized (finished) {
                finished.add(job);
            }
            return End.KEPT;
        }

        private void grow(HeapReservation job, long needed) {
            long before = job.bytes();
            long after = job.growTo(needed);
            assertThat(after).isEqualTo(job.bytes()).isGreaterThanOrEqualTo(needed);
            assertThat(held.addAndGet(after - before)).isLessThanOrEqualTo(LIMIT);
        }

        private End close(HeapReservation job, End end) {
            change(job, job::close);
            change(job, job::close);
            return end;
        }

        /** Counts less before the budget has less, because another job may take it at once. */
        private void change(HeapReservation job, Runnable reduction) {
            long before = job.bytes();
            held.addAndGet(-before);
            reduction.run();
            held.addAndGet(job.bytes());
        }

        boolean evict(long bytes) {
            synchronized (finished) {
                if (finished.stream().mapToLong(HeapReservation::bytes).sum() < bytes) {
                    return false;
                }
                for (long missing = bytes; missing > 0; ) {
                    HeapReservation oldest = finished.removeFirst();
                    missing -= oldest.bytes();
                    ends.merge(close(oldest, End.EVICTED), 1, Integer::sum);
                }
                return true;
            }
        }

        void closeFinished() {
            synchronized (finished) {
                finished.forEach(job -> close(job, End.REMOVED));
            }
        }
    }

    private static void assertFull(HeapReservation job, long needed) {
        assertThatExceptionOfType(SubmissionRejectedException.class)
                .isThrownBy(() -> job.growTo(needed))
                .withMessage("memory limit for jobs reached; try again later")
                .extracting(SubmissionRejectedException::reason)
                .isEqualTo(Reason.FULL);
    }
}
