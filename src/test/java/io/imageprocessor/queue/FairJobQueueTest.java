package io.imageprocessor.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Level;
import io.imageprocessor.LogLines;
import io.imageprocessor.image.ImageFailure.Contact;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobQueue;
import io.imageprocessor.job.JobQueueContract;
import io.imageprocessor.job.Jobs;
import io.imageprocessor.job.SubmissionRejectedException;
import io.imageprocessor.logging.RecordedHalts;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Without threads: the test runs what the queue hands to the executor and the timer. */
class FairJobQueueTest extends JobQueueContract {

    @RegisterExtension
    final RecordedHalts halts = new RecordedHalts();

    private static final int MAX_IN_FLIGHT = 4;
    private static final int PER_HOST = 3;

    private final Deque<Runnable> executor = new ArrayDeque<>();
    private final Deque<Runnable> timer = new ArrayDeque<>();
    private final List<Duration> delays = new ArrayList<>();
    private final List<ImageExecution> started = new ArrayList<>();
    private final AtomicLong now = new AtomicLong();
    private ImageWork work = _ -> {};
    private Runnable onExecute = () -> {};
    private boolean executorFails;
    private boolean timerFails;

    private final FairJobQueue queue = new FairJobQueue(
            new QueueLimits(MAX_WAITING, MAX_IN_FLIGHT, PER_HOST, PER_HOST),
            new ExecutionFactory(
                    execution -> {
                        started.add(execution);
                        work.process(execution);
                    },
                    null),
            new Dispatcher(
                    action -> {
                        failIf(executorFails);
                        onExecute.run();
                        executor.addLast(action);
                    },
                    (delay, action) -> {
                        failIf(timerFails);
                        delays.add(delay);
                        timer.addLast(action);
                    },
                    now::get));

    @Override
    protected JobQueue queue() {
        return queue;
    }

    @Override
    protected List<Integer> processAll() {
        int before = started.size();
        runAll(executor);
        return started.subList(before, started.size()).stream()
                .map(execution -> execution.task().index())
                .toList();
    }

    @Test
    void startsNoMoreImagesThanTheLimitInFlight() {
        submit(Jobs.job(1).visit("S1", urls(3)));
        submit(Jobs.job(2).visit("S1", "http://b/0", "http://b/1", "http://b/2"));

        assertThat(executor).hasSize(MAX_IN_FLIGHT);
    }

    @Test
    void logsOnceThatTheExecutorRejectsImages() {
        try (LogLines log = new LogLines(Level.INFO)) {
            executorFails = true;
            submit(Jobs.job(1).visit("S1", urls(2)));
            for (int time = 0; time < 100; time++) {
                timer.removeFirst().run();
            }
            timerFails = true;
            submit(Jobs.job(2).visit("S1", urls(2)));

            assertThat(log.messages())
                    .satisfiesExactly(
                            line -> assertThat(line).matches("image . of job 1 not started: next attempt in 100 ms"),
                            line -> assertThat(line)
                                    .matches("image . of job . not started: next attempt at the next change of .*"));
        }
    }

    @Test
    void startsNoMoreDownloadsThanTheLimitOfTheHost() {
        submit(Jobs.job(1).visit("S1", urls(5)));

        assertThat(executor).hasSize(PER_HOST);
    }

    @Test
    void startsTheNextImageOfAHostWhenADownloadEnds() {
        submit(Jobs.job(1).visit("S1", urls(5)));

        // While this execution runs.
        work = execution -> {
            execution.downloaded();
            assertThat(executor).hasSize(PER_HOST);
        };
        executor.removeFirst().run();
    }

    @Test
    void startsTheNextImageWhenOneHoldsAGpuSlot() {
        submit(Jobs.job(1).visit("S1", "http://a/0", "http://b/1", "http://c/2", "http://d/3", "http://e/4"));
        assertThat(executor).hasSize(MAX_IN_FLIGHT);
        work = execution -> {
            execution.downloaded();
            assertThat(executor).hasSize(MAX_IN_FLIGHT - 1);
            execution.gpuAcquired();
            assertThat(executor).hasSize(MAX_IN_FLIGHT);
        };

        executor.removeFirst().run();
    }

    @Test
    void startsTheNextImageAfterWorkThatThrows() {
        submit(Jobs.job(1).visit("S1", urls(5)));
        work = _ -> {
            throw new IllegalStateException("expected by this test");
        };

        Runnable first = executor.removeFirst();
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(first::run);

        assertThat(executor).hasSize(PER_HOST);
    }

    @Test
    void startsASmallJobNextBesideALargeOne() {
        submit(Jobs.job(1)
                .visit("S1", "http://a/0", "http://b/1", "http://c/2", "http://d/3", "http://e/4", "http://f/5"));
        assertThat(executor).hasSize(MAX_IN_FLIGHT);
        submit(Jobs.job(2).visit("S1", "http://b/0"));

        executor.removeFirst().run();

        // Job 2 gets the permit that became free, behind the images that were started before.
        assertThat(processAllJobs()).startsWith(1L, 1L, 1L, 2L, 1L);
    }

    @Test
    void retriesAnImageAfterItsDelayAndHoldsNoPermitMeanwhile() {
        submit(Jobs.job(1).visit("S1", "http://a/0"));
        work = execution ->
                execution.retryAfter(Duration.ofSeconds(2), execution.task().attempt());
        executor.removeFirst().run();
        assertThat(delays).containsExactly(Duration.ofSeconds(2));
        assertThat(executor).isEmpty();
        submit(Jobs.job(2).visit("S1", urls(3)));
        assertThat(executor).hasSize(PER_HOST);
        work = _ -> {};
        runAll(executor);

        timer.removeFirst().run();

        runAll(executor);
        assertThat(started.getLast().task().jobId().value()).isEqualTo(1);
        assertThat(started.getLast().task().attempt()).isEqualTo(2);
    }

    @Test
    void usesOneTimerForAllRetriesWithinATick() {
        submit(Jobs.job(1).visit("S1", urls(5)));
        submit(Jobs.job(2).visit("S1", "http://b/0"));
        work = execution ->
                execution.retryAfter(Duration.ofMillis(execution.task().index() == 0 ? 250 : 290), 1);
        runAll(executor);
        assertThat(delays).containsExactly(Duration.ofMillis(300));
        work = _ -> {};

        runAll(timer);
        runAll(executor);

        assertThat(started.subList(6, started.size()))
                .extracting(execution -> execution.task().attempt())
                .containsExactly(2, 2, 2, 2, 2, 2);
    }

    @Test
    void keepsTheAttemptAndTheAgeOfARetriedImage() {
        submit(Jobs.job(1).visit("S1", "http://a/0", "http://a/1"));
        List<Duration> ages = new ArrayList<>();
        work = execution -> {
            advance(Duration.ofSeconds(3));
            ages.add(execution.sinceFirstAttempt());
            execution.retryAfter(Duration.ofSeconds(10), execution.task().attempt());
        };
        for (int i = 0; i < 3; i++) {
            runAll(executor);
            advance(Duration.ofSeconds(10));
            runAll(timer);
        }

        assertThat(started).extracting(execution -> execution.task().attempt()).containsExactly(1, 1, 2, 2, 3, 3);
        assertThat(ages).extracting(Duration::toSeconds).containsExactly(3L, 3L, 19L, 19L, 35L, 35L);
    }

    @Test
    void measuresTheWaitSinceAnImageWasQueuedOrItsRetryWasDue() {
        submit(Jobs.job(1).visit("S1", "http://a/0"));
        advance(Duration.ofSeconds(3));
        work = execution -> execution.retryAfter(Duration.ofSeconds(10), 1);
        runAll(executor);
        assertThat(queue.running()).isZero();
        advance(Duration.ofSeconds(10));
        runAll(timer);
        assertThat(queue.running()).isEqualTo(1);
        advance(Duration.ofSeconds(2));
        runAll(executor);

        assertThat(started)
                .extracting(ImageExecution::waitedNanos)
                .containsExactly(
                        Duration.ofSeconds(3).toNanos(), Duration.ofSeconds(2).toNanos());
    }

    @Test
    void startsFewerDownloadsFromAHostThatTimesOut() {
        work = ImageExecution::downloaded;
        submit(Jobs.job(1).visit("S1", urls(3)));
        runAll(executor);
        work = execution -> execution.downloadFailed(Contact.TIMED_OUT);
        submit(Jobs.job(2).visit("S1", urls(9)));
        assertThat(executor).hasSize(PER_HOST);

        for (int i = 0; i < PER_HOST; i++) {
            executor.removeFirst().run();
        }

        assertThat(executor).hasSize(1);
    }

    @Test
    void countsAnImageThatIsRetriedAsWaiting() {
        submit(Jobs.job(1).visit("S1", "http://a/0"));
        work = execution -> execution.retryAfter(Duration.ofSeconds(1), 1);
        runAll(executor);
        assertThatExceptionOfType(SubmissionRejectedException.class)
                .isThrownBy(() -> queue.backlog().reserve(MAX_WAITING));
        work = _ -> {};
        runAll(timer);
        runAll(executor);

        queue.backlog().reserve(MAX_WAITING);
        assertThatExceptionOfType(SubmissionRejectedException.class)
                .isThrownBy(() -> queue.backlog().reserve(1));
    }

    @Test
    void countsARetriedImageAsWaitingBeforeTheNextOneStarts() {
        List<Integer> waitingOrRunning = new ArrayList<>();
        submit(Jobs.job(1).visit("S1", urls(PER_HOST + 2)));
        work = execution -> execution.retryAfter(Duration.ofSeconds(1), 1);
        onExecute = () -> waitingOrRunning.add(queue.waiting() + queue.running());

        executor.removeFirst().run();

        assertThat(waitingOrRunning).containsExactly(PER_HOST + 2);
    }

    @Test
    void schedulesTheRetryBeforeItIsIdle() {
        submit(Jobs.job(1).visit("S1", urls(1)));
        List<Integer> waitingWhenIdle = new ArrayList<>();
        queue.close(() -> waitingWhenIdle.add(queue.waitingForRetry()));
        work = execution -> execution.retryAfter(Duration.ofSeconds(1), 1);

        runAll(executor);

        assertThat(waitingWhenIdle).containsExactly(1);
    }

    @Test
    void retriesAnImageWithoutCountingAttemptsThatWereNotMade() {
        submit(Jobs.job(1).visit("S1", "http://a/0"));
        work = execution ->
                execution.retryAfter(Duration.ofSeconds(1), execution.task().attempt() - 1);
        for (int i = 0; i < 5; i++) {
            runAll(executor);
            runAll(timer);
        }

        assertThat(started).hasSize(5).allMatch(execution -> execution.task().attempt() == 1);
        assertThat(started.getFirst().task().begun()).isFalse();
        assertThat(started.subList(1, 5)).allMatch(execution -> execution.task().begun());
    }

    @Test
    void interruptsTheWorkOfACancelledJobAndNotWhatTheThreadDoesNext() {
        submit(Jobs.job(1).visit("S1", urls(2)));
        List<Boolean> interrupted = new ArrayList<>();
        work = execution -> {
            queue.cancel(execution.task().jobId());
            interrupted.add(Thread.currentThread().isInterrupted());
        };

        executor.removeFirst().run();

        assertThat(interrupted).containsExactly(true);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void doesNotInterruptEndedWorkOrWorkOfAnotherJob() {
        submit(Jobs.job(1).visit("S1", urls(2)));
        submit(Jobs.job(2).visit("S1", "http://b/0"));
        executor.removeFirst().run();
        queue.cancel(new JobId(1));
        assertThat(Thread.interrupted()).isFalse();

        work = execution -> {
            queue.cancel(new JobId(1));
            assertThat(execution.task().jobId().value()).isEqualTo(2);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        };
        runAll(executor);

        assertThat(started).hasSize(2);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void doesNotProcessAStartedImageWhoseJobIsCancelled() {
        submit(Jobs.job(1).visit("S1", urls(PER_HOST)));
        assertThat(executor).hasSize(PER_HOST);

        queue.cancel(new JobId(1));
        runAll(executor);

        assertThat(started).isEmpty();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void doesNotInterruptAThreadWhoseWorkWasCancelledBefore() {
        submit(Jobs.job(1).visit("S1", "http://a/0"));
        ImageExecution execution = (ImageExecution) executor.removeFirst();
        execution.cancel();
        execution.run();

        execution.cancel();

        assertThat(started).isEmpty();
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void countsTheDownloadsOfACancelledJobUntilTheyEnd() {
        submit(Jobs.job(1).visit("S1", urls(5)));
        submit(Jobs.job(2).visit("S1", urls(4)));
        work = execution -> {
            queue.cancel(new JobId(1));
            assertThat(executor).as("the two others of job 1").hasSize(PER_HOST - 1);
        };
        executor.removeFirst().run();

        assertThat(executor).as("and one of job 2").hasSize(PER_HOST);
        work = _ -> {};
        assertThat(processAllJobs()).containsExactly(2L, 2L, 2L, 2L);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void removesTheRetriesOfACancelledJob() {
        submit(Jobs.job(1).visit("S1", urls(2)));
        submit(Jobs.job(2).visit("S1", urls(1)));
        work = execution -> execution.retryAfter(Duration.ofSeconds(1), 1);
        runAll(executor);
        work = _ -> {};

        queue.cancel(new JobId(1));

        queue.backlog().reserve(MAX_WAITING - 1);
        assertThatExceptionOfType(SubmissionRejectedException.class)
                .isThrownBy(() -> queue.backlog().reserve(1));
        runAll(timer);
        assertThat(processAllJobs()).containsExactly(2L);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void doesNotRetryAnImageWhoseJobWasCancelledDuringTheAttempt() {
        submit(Jobs.job(1).visit("S1", "http://a/0"));
        work = execution -> {
            queue.cancel(new JobId(1));
            execution.retryAfter(Duration.ofSeconds(1), 1);
        };

        runAll(executor);

        assertThat(timer).isEmpty();
        assertThat(queue.isEmpty()).isTrue();
        queue.backlog().reserve(MAX_WAITING);
    }

    @Test
    void removesDueRetriesOfACancelledJob() {
        submit(Jobs.job(1).visit("S1", urls(PER_HOST + 1)));
        work = execution -> execution.retryAfter(Duration.ofSeconds(1), 1);
        for (int i = 0; i < PER_HOST; i++) {
            executor.removeFirst().run();
        }
        submit(Jobs.job(2).visit("S1", "http://b/0", "http://c/1", "http://d/2"));
        runAll(timer);

        queue.cancel(new JobId(1));

        queue.backlog().reserve(MAX_WAITING);
        work = _ -> {};
        assertThat(processAllJobs()).containsExactly(2L, 2L, 2L);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void keepsNothingOfAJobThatIsCancelledBeforeItIsQueued() {
        queue.cancel(new JobId(1));
        submit(Jobs.job(1).visit("S1", urls(MAX_WAITING)));

        runAll(executor);

        queue.backlog().reserve(MAX_WAITING);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void holdsNothingOfAFinishedJob() {
        submit(Jobs.job(1).visit("S1", urls(2)).visit("unknown", urls(1)).visit("S1", "http://b/0"));
        submit(Jobs.job(2).visit("unknown", urls(1)));
        assertThat(queue.isEmpty()).isFalse();

        runAll(executor);

        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void startsRejectedImagesAfterADelay() {
        executorFails = true;
        submit(Jobs.job(1).visit("S1", urls(2)));
        assertThat(executor).isEmpty();
        assertThat(delays).containsOnly(Duration.ofMillis(100));
        assertThatExceptionOfType(SubmissionRejectedException.class)
                .isThrownBy(() -> queue.backlog().reserve(MAX_WAITING - 1));
        executorFails = false;

        runAll(timer);

        assertThat(processAll()).containsExactlyInAnyOrder(0, 1);
        assertThat(started).allMatch(execution -> execution.task().attempt() == 1);
        assertThat(started).noneMatch(execution -> execution.task().begun());
        assertThat(queue.isEmpty()).isTrue();
        queue.backlog().reserve(MAX_WAITING);
    }

    @Test
    void haltsIfTheExecutorHasNoMemory() {
        onExecute = () -> {
            throw new OutOfMemoryError("expected by this test");
        };

        submit(Jobs.job(1).visit("S1", urls(1)));

        halts.assertHalted();
    }

    @Test
    void startsARejectedRetryAfterADelay() {
        submit(Jobs.job(1).visit("S1", "http://a/0"));
        work = execution -> execution.retryAfter(Duration.ofSeconds(1), 1);
        runAll(executor);
        work = _ -> {};
        executorFails = true;
        timer.removeFirst().run();
        executorFails = false;

        runAll(timer);
        runAll(executor);

        assertThat(started).extracting(execution -> execution.task().attempt()).containsExactly(1, 2);
        assertThat(started.getLast().task().begun()).isTrue();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void startsRejectedImagesWithTheNextOnesIfTheTimerFailsToo() {
        executorFails = true;
        timerFails = true;
        submit(Jobs.job(1).visit("S1", urls(2)));
        executorFails = false;

        submit(Jobs.job(2).visit("S1", "http://b/0"));

        assertThat(processAllJobs()).containsExactlyInAnyOrder(1L, 1L, 2L);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void retriesAnImageAtOnceIfTheTimerFails() {
        submit(Jobs.job(1).visit("S1", "http://a/0"));
        timerFails = true;
        work = execution -> execution.retryAfter(Duration.ofSeconds(1), 1);
        executor.removeFirst().run();
        work = _ -> {};

        runAll(executor);

        assertThat(started).extracting(execution -> execution.task().attempt()).containsExactly(1, 2);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void isIdleWhenTheWorkOfACancelledJobEnds() {
        submit(Jobs.job(1).visit("S1", urls(5)));
        AtomicInteger idle = new AtomicInteger();
        queue.close(idle::incrementAndGet);

        queue.cancel(new JobId(1));

        assertThat(idle).hasValue(0);
        runAll(executor);
        assertThat(idle).hasValue(1);
    }

    @Test
    void rejectsSubmissionsAndStartsNothingAfterClose() {
        submit(Jobs.job(1).visit("S1", urls(5)));
        AtomicInteger idle = new AtomicInteger();

        queue.close(idle::incrementAndGet);

        assertThatExceptionOfType(SubmissionRejectedException.class)
                .isThrownBy(() -> queue.backlog().reserve(1))
                .withMessage("the service is shutting down");
        assertThat(idle).hasValue(0);
        assertThat(processAll()).hasSize(PER_HOST);
        assertThat(idle).hasValue(1);
    }

    @Test
    void isIdleAtOnceIfNothingRunsAtClose() {
        AtomicInteger idle = new AtomicInteger();

        queue.close(idle::incrementAndGet);

        assertThat(idle).hasValue(1);
    }

    @Test
    void startsImagesOfASliceByTheirIndexInTheJob() {
        slice(1, 16, 3);
        slice(1, 272, 3);
        assertThat(queue.waiting()).isEqualTo(6 - PER_HOST);

        assertThat(processAll()).containsExactlyInAnyOrder(16, 17, 18, 272, 273, 274);
        assertThat(queue.waiting()).isZero();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void startsNothingOfAWithdrawnSlice() {
        Runnable withdrawal = slice(1, 0, 5);
        slice(1, 16, 2);
        work = execution -> execution.retryAfter(Duration.ofSeconds(1), 1);
        executor.removeFirst().run();
        work = _ -> {};

        withdrawal.run();
        withdrawal.run();
        runAll(timer);

        assertThat(processAll()).as("the started ones, and the other slice").containsExactlyInAnyOrder(1, 2, 3, 16, 17);
        assertThat(queue.waiting()).isZero();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void rejectsWantedImagesWithoutUrl() {
        BitSet wanted = new BitSet();
        wanted.set(0, 3);

        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> queue.enqueue(new JobId(1), 16, urls(2), wanted, null));

        assertThat(queue.waiting()).isZero();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void removesAllSlicesOfACancelledJob() {
        slice(1, 0, 4);
        slice(1, 16, 4);
        slice(2, 0, 1);

        queue.cancel(new JobId(1));

        assertThat(processAllJobs()).containsExactly(2L);
        assertThat(queue.waiting()).isZero();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void hasCapacityWhileAllWaitingImagesAreBlocked() {
        slice(1, 0, 9);
        assertThat(queue.waiting()).isEqualTo(9 - PER_HOST);
        assertThat(queue.hasCapacity()).isTrue();
        assertThat(queue.jobsWithMoreThan(9 - PER_HOST)).isEmpty();
        assertThat(queue.jobsWithMoreThan(8 - PER_HOST)).containsExactly(new JobId(1));

        submit(Jobs.job(2).visit("S1", "http://b/0"));

        assertThat(queue.hasCapacity()).isFalse();
    }

    private Runnable slice(long job, int first, int images) {
        BitSet all = new BitSet();
        all.set(0, images);
        return queue.enqueue(new JobId(job), first, urls(images), all, null);
    }

    private static void failIf(boolean fails) {
        if (fails) {
            throw new RejectedExecutionException("expected by this test");
        }
    }

    private void advance(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private List<Long> processAllJobs() {
        int before = started.size();
        runAll(executor);
        return started.subList(before, started.size()).stream()
                .map(execution -> execution.task().jobId().value())
                .toList();
    }

    private static void runAll(Deque<Runnable> actions) {
        for (Runnable action = actions.pollFirst(); action != null; action = actions.pollFirst()) {
            action.run();
        }
    }
}
