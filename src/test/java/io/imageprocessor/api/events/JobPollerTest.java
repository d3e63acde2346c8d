package io.imageprocessor.api.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.clearInvocations;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoMoreInteractions;
import static org.mockito.Mockito.when;

import io.imageprocessor.api.RejectedException;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobQueries;
import io.imageprocessor.job.StorageUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import lombok.RequiredArgsConstructor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class JobPollerTest {

    private static final JobId ID = new JobId(7);
    private static final JobId OTHER = new JobId(8);
    private static final int MOST = 3;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Statuses statuses = new Statuses();
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1);
    private final JobQueries jobs = mock(JobQueries.class);
    private final JobPoller watch =
            new JobPoller(jobs, mock(JobEvents.class), new HeldRequests(MOST), Runnable::run, now::get);

    @BeforeEach
    void aJobIsOngoing() {
        when(jobs.status(any())).thenAnswer(call -> statuses.find(call.getArgument(0)));
        when(jobs.statuses(any())).thenAnswer(call -> statuses.findAll(call.getArgument(0)));
        statuses.set(Statuses.ongoing(ID, 1));
        statuses.set(Statuses.ongoing(OTHER, 1));
    }

    @AfterEach
    void stop() {
        watch.stop();
    }

    @Test
    void holdsNoMoreRequestsThanMayBe() {
        CompletableFuture<Void> first = watch.finished(ID, MINUTE);
        watch.finished(ID, MINUTE).isDone();
        watch.finished(OTHER, MINUTE).isDone();
        assertThatExceptionOfType(RejectedException.class).isThrownBy(() -> watch.finished(ID, MINUTE));

        first.cancel(false);

        assertThat(watch.finished(ID, MINUTE)).isNotDone();
    }

    @Test
    void waitsUntilTheJobIsFinished() {
        CompletableFuture<Void> finished = watch.finished(ID, MINUTE);
        watch.tick();
        assertThat(finished).isNotDone();

        statuses.set(Statuses.completed(ID));
        watch.tick();

        assertThat(finished).isCompleted();
        assertThat(watch.isIdle()).isTrue();
    }

    @Test
    void waitsNoLongerThanItWasAskedTo() {
        CompletableFuture<Void> finished = watch.finished(ID, MINUTE);

        now.addAndGet(MINUTE.toNanos() - 1);
        watch.tick();
        assertThat(finished).isNotDone();
        now.addAndGet(1);
        watch.tick();

        assertThat(finished).isCompleted();
        assertThat(watch.isIdle()).isTrue();
    }

    @Test
    void doesNotWaitForWhatIsFinishedOrUnknownNorForNoTime() {
        statuses.set(Statuses.completed(ID));

        assertThat(watch.finished(ID, MINUTE)).isCompleted();
        assertThat(watch.finished(new JobId(9), MINUTE)).isCompleted();
        assertThat(watch.finished(OTHER, Duration.ZERO)).isCompleted();
        assertThat(watch.isIdle()).isTrue();
    }

    @Test
    void endsWhenTheJobIsForgotten() {
        CompletableFuture<Void> finished = watch.finished(ID, MINUTE);

        statuses.forget(ID);
        watch.tick();

        assertThat(finished).isCompleted();
        assertThat(watch.isIdle()).isTrue();
    }

    @Test
    void keepsNothingOfAWaitThatWasGivenUp() {
        watch.finished(ID, MINUTE).cancel(false);

        watch.tick();

        assertThat(watch.isIdle()).isTrue();
    }

    @Test
    void looksAtAllJobsOnceATickHoweverManyWatchThem() {
        AtomicInteger seen = new AtomicInteger();
        IntStream.range(0, 100).forEach(_ -> watch.watch(ID, new Counting(seen)));
        watch.watch(OTHER, new Counting(seen));
        clearInvocations(jobs);

        watch.tick();

        assertThat(seen).hasValue(101);
        verify(jobs, times(1)).statuses(Set.of(ID, OTHER));
        verifyNoMoreInteractions(jobs);
    }

    @Test
    void goesOnAfterALookThatFailed() {
        CompletableFuture<Void> finished = watch.finished(ID, MINUTE);
        statuses.set(Statuses.completed(ID));
        doThrow(new StorageUnavailableException(new IllegalStateException("expected by this test")))
                .doAnswer(call -> statuses.findAll(call.getArgument(0)))
                .when(jobs)
                .statuses(any());

        assertThatExceptionOfType(StorageUnavailableException.class).isThrownBy(watch::tick);
        assertThat(finished).isNotDone();

        watch.tick();

        assertThat(finished).isCompleted();
    }

    @Test
    void logsOnceWhyItsLooksFail(CapturedOutput output) {
        doThrow(new IllegalStateException("expected by this test"))
                .doThrow(new IllegalStateException("expected by this test"))
                .doAnswer(call -> statuses.findAll(call.getArgument(0)))
                .when(jobs)
                .statuses(any());
        watch.start();
        CompletableFuture<Void> finished = watch.finished(ID, MINUTE);
        statuses.set(Statuses.completed(ID));

        await().atMost(Duration.ofSeconds(5)).until(finished::isDone);

        assertThat(output).containsOnlyOnce("polling watched jobs failed");
    }

    @Test
    void endsEveryWaitAlsoIfItsLastLookFails() {
        CompletableFuture<Void> finished = watch.finished(ID, MINUTE);
        doThrow(new IllegalStateException("expected by this test")).when(jobs).statuses(any());

        assertThatIllegalStateException().isThrownBy(watch::stop);

        assertThat(finished).isCompleted();
    }

    @Test
    void ticksWhileSomebodyWatchesAndSleepsWhileNobodyDoes() {
        Set<Thread> others = tickers();
        watch.start();
        Thread ticker = tickers().stream()
                .filter(thread -> !others.contains(thread))
                .findFirst()
                .orElseThrow();

        for (JobId id : List.of(ID, OTHER)) {
            // WAITING, and not TIMED_WAITING: until somebody comes.
            await().atMost(Duration.ofSeconds(5)).until(() -> ticker.getState() == Thread.State.WAITING);
            CompletableFuture<Void> finished = watch.finished(id, MINUTE);
            statuses.set(Statuses.completed(id));
            await().atMost(Duration.ofSeconds(5)).until(finished::isDone);
        }
    }

    @Test
    void looksOnceMoreBeforeItStops() {
        AtomicInteger seen = new AtomicInteger();
        watch.watch(ID, new Counting(seen));

        watch.stop();

        assertThat(seen).hasValue(1);
        assertThat(watch.isIdle()).isTrue();
    }

    private static Set<Thread> tickers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("job-watch"))
                .collect(Collectors.toSet());
    }

    @Test
    void endsEveryWaitWhenTheServiceStopsAndBeginsNone() {
        watch.start();
        CompletableFuture<Void> before = watch.finished(ID, MINUTE);

        watch.stop();

        assertThat(before).isCompleted();
        assertThat(watch.finished(ID, MINUTE)).isCompleted();
        assertThat(watch.isIdle()).isTrue();
        assertThat(watch.isRunning()).isFalse();
    }

    @RequiredArgsConstructor
    private static final class Counting implements JobListener {

        private final AtomicInteger seen;

        @Override
        public boolean see(JobSnapshot job) {
            seen.incrementAndGet();
            return true;
        }

        @Override
        public void over() {}
    }
}
