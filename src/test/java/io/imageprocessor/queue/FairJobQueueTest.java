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
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Without threads: what the queue hands to its executor and its timer is run by the test, when the test says so. */
class FairJobQueueTest extends JobQueueContract {

    private static final int MAX_AHEAD = 4;
    private static final int PER_HOST = 3;

    private final Deque<Runnable> executor = new ArrayDeque<>();
    private final Deque<Runnable> timer = new ArrayDeque<>();
    private final List<Duration> delays = new ArrayList<>();
    private final List<ImageExecution> started = new ArrayList<>();
    private final AtomicLong now = new AtomicLong();
    private Consumer<ImageExecution> work = _ -> {};
    private boolean executorFails;
    private boolean timerFails;

    private final FairJobQueue queue = new FairJobQueue(
            new QueueLimits(MAX_WAITING, MAX_AHEAD, PER_HOST, PER_HOST),
            new ExecutionRunner(
                    passage -> {
                        started.add(passage);
                        work.accept(passage);
                    },
                    action -> {
                        failIf(executorFails);
                        executor.addLast(action);
                    },
                    (delay, action) -> {
                        failIf(timerFails);
                        delays.add(delay);
                        timer.addLast(action);
                    },
                    now::get),
            ExecutionFactory.OFF);

    @Override
    protected JobQueue queue() {
        return queue;
    }

    @Override
    protected List<Integer> processAll() {
        int before = started.size();
        runAll(executor);
        return started.subList(before, started.size()).stream()
                .map(passage -> passage.task().index())
                .toList();
    }

    @Test
    void startsNoMoreAheadOfTheGpuThanMayBeDownloadedAtOnce() {
        submit(Jobs.job(1).visit("S1", urls(3)));
        submit(Jobs.job(2).visit("S1", "http://b/0", "http://b/1", "http://b/2"));

        assertThat(executor).hasSize(MAX_AHEAD);
    }

    @Test
    void tellsOnceThatNothingCanBeStarted() {
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
                            line -> assertThat(line).matches("image . of job 1 could not be started yet"),
                            line -> assertThat(line)
                                    .matches("image . of job . could not be started before something else changes"));
        }
    }

    @Test
    void startsNoMoreDownloadsFromAHostThanItMayServe() {
        submit(Jobs.job(1).visit("S1", urls(5)));

        assertThat(executor).hasSize(PER_HOST);
    }

    @Test
    void startsAnotherImageOfAHostWhenADownloadFromItIsOver() {
        submit(Jobs.job(1).visit("S1", urls(5)));

        // While this image is worked on, and before it ends.
        work = passage -> {
            passage.downloaded();
            assertThat(executor).hasSize(PER_HOST);
        };
        executor.removeFirst().run();
    }

    @Test
    void startsAnotherImageWhenOneIsOnTheGpu() {
        submit(Jobs.job(1).visit("S1", "http://a/0", "http://b/1", "http://c/2", "http://d/3", "http://e/4"));
        assertThat(executor).hasSize(MAX_AHEAD);
        work = passage -> {
            passage.downloaded();
            assertThat(executor).hasSize(MAX_AHEAD - 1);
            passage.admitted();
            assertThat(executor).hasSize(MAX_AHEAD);
        };

        executor.removeFirst().run();
    }

    @Test
    void goesOnAfterWorkThatFailsUnexpectedly() {
        submit(Jobs.job(1).visit("S1", urls(5)));
        work = _ -> {
            throw new IllegalStateException("expected by this test");
        };

        Runnable first = executor.removeFirst();
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(first::run);

        assertThat(executor).hasSize(PER_HOST);
    }

    @Test
    void letsAOneImageJobStartNextBesideALargeOne() {
        submit(Jobs.job(1)
                .visit("S1", "http://a/0", "http://b/1", "http://c/2", "http://d/3", "http://e/4", "http://f/5"));
        assertThat(executor).hasSize(MAX_AHEAD);
        submit(Jobs.job(2).visit("S1", "http://b/0"));

        executor.removeFirst().run();

        // The place that came free is job 2's, behind the images that were started before.
        assertThat(processAllJobs()).startsWith(1L, 1L, 1L, 2L, 1L);
    }

    @Test
    void triesAnImageAgainAfterItsDelayAndHoldsNoPlaceMeanwhile() {
        submit(Jobs.job(1).visit("S1", "http://a/0"));
        work = passage ->
                passage.retryAfter(Duration.ofSeconds(2), passage.task().attempt());
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
    void hasOneTimerForAllImagesThatAreDueInTheSameTenthOfASecond() {
        submit(Jobs.job(1).visit("S1", urls(5)));
        submit(Jobs.job(2).visit("S1", "http://b/0"));
        work = passage -> passage.retryAfter(Duration.ofMillis(passage.task().index() == 0 ? 250 : 290), 1);
        runAll(executor);
        assertThat(delays).containsExactly(Duration.ofMillis(300));
        work = _ -> {};

        runAll(timer);
        runAll(executor);

        assertThat(started.subList(6, started.size()))
                .extracting(passage -> passage.task().attempt())
                .containsExactly(2, 2, 2, 2, 2, 2);
    }

    @Test
    void knowsTheAttemptAndTheAgeOfAnImageThatIsTriedAgain() {
        submit(Jobs.job(1).visit("S1", "http://a/0", "http://a/1"));
        List<Duration> ages = new ArrayList<>();
        work = passage -> {
            pass(Duration.ofSeconds(3));
            ages.add(passage.sinceFirstAttempt());
            passage.retryAfter(Duration.ofSeconds(10), passage.task().attempt());
        };
        for (int i = 0; i < 3; i++) {
            runAll(executor);
            pass(Duration.ofSeconds(10));
            runAll(timer);
        }

        assertThat(started).extracting(passage -> passage.task().attempt()).containsExactly(1, 1, 2, 2, 3, 3);
        assertThat(ages).extracting(Duration::toSeconds).containsExactly(3L, 3L, 19L, 19L, 35L, 35L);
    }

    @Test
    void knowsHowLongAnImageHasWaitedSinceItCouldBeWorkedOn() {
        submit(Jobs.job(1).visit("S1", "http://a/0"));
        pass(Duration.ofSeconds(3));
        work = passage -> passage.retryAfter(Duration.ofSeconds(10), 1);
        runAll(executor);
        assertThat(queue.running()).isZero();
        pass(Duration.ofSeconds(10));
        runAll(timer);
        assertThat(queue.running()).isEqualTo(1);
        pass(Duration.ofSeconds(2));
        runAll(executor);

        assertThat(started)
                .extracting(ImageExecution::waitedNanos)
                .containsExactly(
                        Duration.ofSeconds(3).toNanos(), Duration.ofSeconds(2).toNanos());
    }

    @Test
    void startsMoreDownloadsFromAHostThatAnswersAndFewerFromOneThatTimesOut() {
        work = ImageExecution::downloaded;
        submit(Jobs.job(1).visit("S1", urls(3)));
        runAll(executor);
        work = passage -> passage.downloadFailed(Contact.TIMED_OUT);
        submit(Jobs.job(2).visit("S1", urls(9)));
        assertThat(executor).hasSize(PER_HOST);

        for (int i = 0; i < PER_HOST; i++) {
            executor.removeFirst().run();
        }

        assertThat(executor).hasSize(1);
    }

    @Test
    void countsAnImageThatIsToBeTriedAgainAsWaiting() {
        submit(Jobs.job(1).visit("S1", "http://a/0"));
        work = passage -> passage.retryAfter(Duration.ofSeconds(1), 1);
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
    void takesAnImageAgainAsOftenAsItIsPutOffWithoutAnAttempt() {
        submit(Jobs.job(1).visit("S1", "http://a/0"));
        work = passage ->
                passage.retryAfter(Duration.ofSeconds(1), passage.task().attempt() - 1);
        for (int i = 0; i < 5; i++) {
            runAll(executor);
            runAll(timer);
        }

        assertThat(started).hasSize(5).allMatch(passage -> passage.task().attempt() == 1);
        assertThat(started.getFirst().task().begun()).isFalse();
        assertThat(started.subList(1, 5)).allMatch(passage -> passage.task().begun());
    }

    @Test
    void interruptsTheWorkOnACancelledJobAndNothingThatTheThreadDoesLater() {
        submit(Jobs.job(1).visit("S1", urls(2)));
        List<Boolean> interrupted = new ArrayList<>();
        work = passage -> {
            queue.cancel(passage.task().jobId());
            interrupted.add(Thread.currentThread().isInterrupted());
        };

        executor.removeFirst().run();

        assertThat(interrupted).containsExactly(true);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void interruptsNoWorkThatHasEndedOrIsForAnotherJob() {
        submit(Jobs.job(1).visit("S1", urls(2)));
        submit(Jobs.job(2).visit("S1", "http://b/0"));
        executor.removeFirst().run();
        queue.cancel(new JobId(1));
        assertThat(Thread.interrupted()).isFalse();

        work = passage -> {
            queue.cancel(new JobId(1));
            assertThat(passage.task().jobId().value()).isEqualTo(2);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        };
        runAll(executor);

        assertThat(started).hasSize(2);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void doesNotBeginWorkThatWasStartedWhenItsJobIsCancelled() {
        submit(Jobs.job(1).visit("S1", urls(PER_HOST)));
        assertThat(executor).hasSize(PER_HOST);

        queue.cancel(new JobId(1));
        runAll(executor);

        assertThat(started).isEmpty();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void interruptsNoThreadForWorkThatItWasNotToBegin() {
        submit(Jobs.job(1).visit("S1", "http://a/0"));
        ImageExecution passage = (ImageExecution) executor.removeFirst();
        passage.cancel();
        passage.run();

        passage.cancel();

        assertThat(started).isEmpty();
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void countsTheDownloadsOfACancelledJobUntilTheyHaveEnded() {
        submit(Jobs.job(1).visit("S1", urls(5)));
        submit(Jobs.job(2).visit("S1", urls(4)));
        work = passage -> {
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
    void forgetsTheImagesOfACancelledJobThatWaitToBeTriedAgain() {
        submit(Jobs.job(1).visit("S1", urls(2)));
        submit(Jobs.job(2).visit("S1", urls(1)));
        work = passage -> passage.retryAfter(Duration.ofSeconds(1), 1);
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
    void doesNotLetAnImageWaitWhoseJobIsCancelledInTheMiddleOfAnAttempt() {
        submit(Jobs.job(1).visit("S1", "http://a/0"));
        work = passage -> {
            queue.cancel(new JobId(1));
            passage.retryAfter(Duration.ofSeconds(1), 1);
        };

        runAll(executor);

        assertThat(timer).isEmpty();
        assertThat(queue.isEmpty()).isTrue();
        queue.backlog().reserve(MAX_WAITING);
    }

    @Test
    void forgetsImagesThatWereDueAndHadNoTurnYet() {
        submit(Jobs.job(1).visit("S1", urls(PER_HOST + 1)));
        work = passage -> passage.retryAfter(Duration.ofSeconds(1), 1);
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
    void keepsNoRoomForAJobThatIsCancelledBeforeItIsQueued() {
        queue.cancel(new JobId(1));
        submit(Jobs.job(1).visit("S1", urls(MAX_WAITING)));

        runAll(executor);

        queue.backlog().reserve(MAX_WAITING);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void holdsNothingOfAJobThatIsWorkedThrough() {
        submit(Jobs.job(1).visit("S1", urls(2)).visit("unknown", urls(1)).visit("S1", "http://b/0"));
        submit(Jobs.job(2).visit("unknown", urls(1)));
        assertThat(queue.isEmpty()).isFalse();

        runAll(executor);

        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void startsImagesALittleLaterThatCouldNotBeStarted() {
        executorFails = true;
        submit(Jobs.job(1).visit("S1", urls(2)));
        assertThat(executor).isEmpty();
        assertThat(delays).containsOnly(Duration.ofMillis(100));
        assertThatExceptionOfType(SubmissionRejectedException.class)
                .isThrownBy(() -> queue.backlog().reserve(MAX_WAITING - 1));
        executorFails = false;

        runAll(timer);

        assertThat(processAll()).containsExactlyInAnyOrder(0, 1);
        assertThat(started).allMatch(passage -> passage.task().attempt() == 1);
        assertThat(started).noneMatch(passage -> passage.task().begun());
        assertThat(queue.isEmpty()).isTrue();
        queue.backlog().reserve(MAX_WAITING);
    }

    @Test
    void startsAnImageThatIsToBeTriedAgainLaterIfItCouldNotBeStarted() {
        submit(Jobs.job(1).visit("S1", "http://a/0"));
        work = passage -> passage.retryAfter(Duration.ofSeconds(1), 1);
        runAll(executor);
        work = _ -> {};
        executorFails = true;
        timer.removeFirst().run();
        executorFails = false;

        runAll(timer);
        runAll(executor);

        assertThat(started).extracting(passage -> passage.task().attempt()).containsExactly(1, 2);
        assertThat(started.getLast().task().begun()).isTrue();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void startsImagesWithTheNextOnesIfNeitherTheyNorATimerCouldBeStarted() {
        executorFails = true;
        timerFails = true;
        submit(Jobs.job(1).visit("S1", urls(2)));
        executorFails = false;

        submit(Jobs.job(2).visit("S1", "http://b/0"));

        assertThat(processAllJobs()).containsExactlyInAnyOrder(1L, 1L, 2L);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void triesAnImageAgainTooSoonIfTheTimerCannotBeStarted() {
        submit(Jobs.job(1).visit("S1", "http://a/0"));
        timerFails = true;
        work = passage -> passage.retryAfter(Duration.ofSeconds(1), 1);
        executor.removeFirst().run();
        work = _ -> {};

        runAll(executor);

        assertThat(started).extracting(passage -> passage.task().attempt()).containsExactly(1, 2);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void isIdleWhenTheWorkOnACancelledJobHasEnded() {
        submit(Jobs.job(1).visit("S1", urls(5)));
        AtomicInteger idle = new AtomicInteger();
        queue.close(idle::incrementAndGet);

        queue.cancel(new JobId(1));

        assertThat(idle).hasValue(0);
        runAll(executor);
        assertThat(idle).hasValue(1);
    }

    @Test
    void refusesSubmissionsAndStartsNothingOnceItIsClosed() {
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
    void isIdleAtOnceIfNothingRunsWhenItIsClosed() {
        AtomicInteger idle = new AtomicInteger();

        queue.close(idle::incrementAndGet);

        assertThat(idle).hasValue(1);
    }

    @Test
    void startsPartsOfAJobWithTheirIndexesInIt() {
        part(1, 16, 3);
        part(1, 272, 3);
        assertThat(queue.waiting()).isEqualTo(6 - PER_HOST);

        assertThat(processAll()).containsExactlyInAnyOrder(16, 17, 18, 272, 273, 274);
        assertThat(queue.waiting()).isZero();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void startsNothingMoreOfAPartThatIsWithdrawn() {
        Runnable withdrawal = part(1, 0, 5);
        part(1, 16, 2);
        work = passage -> passage.retryAfter(Duration.ofSeconds(1), 1);
        executor.removeFirst().run();
        work = _ -> {};

        withdrawal.run();
        withdrawal.run();
        runAll(timer);

        assertThat(processAll())
                .as("what had been started, and the other part")
                .containsExactlyInAnyOrder(1, 2, 3, 16, 17);
        assertThat(queue.waiting()).isZero();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void holdsNothingOfAPartThatIsWantedWithoutAllUrls() {
        BitSet wanted = new BitSet();
        wanted.set(0, 3);

        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> queue.enqueue(new JobId(1), 16, urls(2), wanted, null));

        assertThat(queue.waiting()).isZero();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void forgetsAllPartsOfACancelledJob() {
        part(1, 0, 4);
        part(1, 16, 4);
        part(2, 0, 1);

        queue.cancel(new JobId(1));

        assertThat(processAllJobs()).containsExactly(2L);
        assertThat(queue.waiting()).isZero();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void isHungryWhenAllThatWaitsIsForBusyHosts() {
        part(1, 0, 9);
        assertThat(queue.waiting()).isEqualTo(9 - PER_HOST);
        assertThat(queue.isHungry()).isTrue();
        assertThat(queue.jobsWithMoreThan(9 - PER_HOST)).isEmpty();
        assertThat(queue.jobsWithMoreThan(8 - PER_HOST)).containsExactly(new JobId(1));

        submit(Jobs.job(2).visit("S1", "http://b/0"));

        assertThat(queue.isHungry()).isFalse();
    }

    private Runnable part(long job, int first, int images) {
        BitSet all = new BitSet();
        all.set(0, images);
        return queue.enqueue(new JobId(job), first, urls(images), all, null);
    }

    private static void failIf(boolean outOfMemory) {
        if (outOfMemory) {
            throw new OutOfMemoryError("expected by this test");
        }
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private List<Long> processAllJobs() {
        int before = started.size();
        runAll(executor);
        return started.subList(before, started.size()).stream()
                .map(passage -> passage.task().jobId().value())
                .toList();
    }

    private static void runAll(Deque<Runnable> actions) {
        for (Runnable action = actions.pollFirst(); action != null; action = actions.pollFirst()) {
            action.run();
        }
    }
}
