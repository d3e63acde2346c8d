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

import ch.qos.logback.classic.Level;
import io.imageprocessor.LogLines;
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
    private static final int MAX_HELD = 3;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Statuses statuses = new Statuses();
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1);
    private final JobQueries jobs = mock(JobQueries.class);
    private final JobPoller poller =
            new JobPoller(jobs, mock(JobEvents.class), new HeldRequests(MAX_HELD), Runnable::run, now::get);

    @BeforeEach
    void addOngoingJobs() {
        when(jobs.status(any())).thenAnswer(call -> statuses.find(call.getArgument(0)));
        when(jobs.statuses(any())).thenAnswer(call -> statuses.findAll(call.getArgument(0)));
        statuses.set(Statuses.ongoing(ID, 1));
        statuses.set(Statuses.ongoing(OTHER, 1));
    }

    @AfterEach
    void stop() {
        poller.stop();
    }

    @Test
    void rejectsWaitsBeyondTheLimit() {
        CompletableFuture<Void> first = poller.finished(ID, MINUTE);
        poller.finished(ID, MINUTE).isDone();
        poller.finished(OTHER, MINUTE).isDone();
        assertThatExceptionOfType(RejectedException.class).isThrownBy(() -> poller.finished(ID, MINUTE));

        first.cancel(false);

        assertThat(poller.finished(ID, MINUTE)).isNotDone();
    }

    @Test
    void waitsUntilTheJobIsFinished() {
        CompletableFuture<Void> finished = poller.finished(ID, MINUTE);
        poller.tick();
        assertThat(finished).isNotDone();

        statuses.set(Statuses.completed(ID));
        poller.tick();

        assertThat(finished).isCompleted();
        assertThat(poller.isIdle()).isTrue();
    }

    @Test
    void waitsAtMostTheGivenTime() {
        CompletableFuture<Void> finished = poller.finished(ID, MINUTE);

        now.addAndGet(MINUTE.toNanos() - 1);
        poller.tick();
        assertThat(finished).isNotDone();
        now.addAndGet(1);
        poller.tick();

        assertThat(finished).isCompleted();
        assertThat(poller.isIdle()).isTrue();
    }

    @Test
    void completesAtOnceForFinishedOrUnknownJobsOrZeroTime() {
        statuses.set(Statuses.completed(ID));

        assertThat(poller.finished(ID, MINUTE)).isCompleted();
        assertThat(poller.finished(new JobId(9), MINUTE)).isCompleted();
        assertThat(poller.finished(OTHER, Duration.ZERO)).isCompleted();
        assertThat(poller.isIdle()).isTrue();
    }

    @Test
    void endsWhenTheJobIsRemoved() {
        CompletableFuture<Void> finished = poller.finished(ID, MINUTE);

        statuses.remove(ID);
        poller.tick();

        assertThat(finished).isCompleted();
        assertThat(poller.isIdle()).isTrue();
    }

    @Test
    void removesCancelledWaits() {
        poller.finished(ID, MINUTE).cancel(false);

        poller.tick();

        assertThat(poller.isIdle()).isTrue();
    }

    @Test
    void readsAllJobsOncePerTickForAnyNumberOfListeners() {
        AtomicInteger updates = new AtomicInteger();
        IntStream.range(0, 100).forEach(_ -> poller.add(ID, new Counting(updates)));
        poller.add(OTHER, new Counting(updates));
        clearInvocations(jobs);

        poller.tick();

        assertThat(updates).hasValue(101);
        verify(jobs, times(1)).statuses(Set.of(ID, OTHER));
        verifyNoMoreInteractions(jobs);
    }

    @Test
    void continuesAfterAFailedRead() {
        CompletableFuture<Void> finished = poller.finished(ID, MINUTE);
        statuses.set(Statuses.completed(ID));
        doThrow(new StorageUnavailableException(new IllegalStateException("expected by this test")))
                .doAnswer(call -> statuses.findAll(call.getArgument(0)))
                .when(jobs)
                .statuses(any());

        assertThatExceptionOfType(StorageUnavailableException.class).isThrownBy(poller::tick);
        assertThat(finished).isNotDone();

        poller.tick();

        assertThat(finished).isCompleted();
    }

    @Test
    void callsAListenerAgainWithoutAFaultAfterTheStorageWasUnavailable() {
        AtomicInteger updates = new AtomicInteger();
        AtomicInteger others = new AtomicInteger();
        poller.add(ID, new Counting(updates) {
            @Override
            public boolean update(JobSnapshot job) {
                if (super.update(job) && updates.get() == 1) {
                    throw new StorageUnavailableException(new IllegalStateException("expected by this test"));
                }
                return true;
            }
        });
        poller.add(OTHER, new Counting(others));

        try (LogLines lines = new LogLines(Level.DEBUG, JobPoller.class.getName())) {
            poller.tick();
            poller.tick();

            assertThat(lines.all())
                    .singleElement()
                    .satisfies(line -> assertThat(line.getLevel()).isEqualTo(Level.DEBUG));
        }
        assertThat(updates).hasValue(2);
        assertThat(others).hasValue(2);
    }

    @Test
    void logsRepeatedFailuresOnce(CapturedOutput output) {
        doThrow(new IllegalStateException("expected by this test"))
                .doThrow(new IllegalStateException("expected by this test"))
                .doAnswer(call -> statuses.findAll(call.getArgument(0)))
                .when(jobs)
                .statuses(any());
        poller.start();
        CompletableFuture<Void> finished = poller.finished(ID, MINUTE);
        statuses.set(Statuses.completed(ID));

        await().atMost(Duration.ofSeconds(5)).until(finished::isDone);

        assertThat(output).containsOnlyOnce("polling jobs failed");
    }

    @Test
    void endsAllWaitsEvenIfTheLastReadFails() {
        CompletableFuture<Void> finished = poller.finished(ID, MINUTE);
        doThrow(new IllegalStateException("expected by this test")).when(jobs).statuses(any());

        assertThatIllegalStateException().isThrownBy(poller::stop);

        assertThat(finished).isCompleted();
    }

    @Test
    void sleepsWithoutListeners() {
        Set<Thread> others = tickers();
        poller.start();
        Thread ticker = tickers().stream()
                .filter(thread -> !others.contains(thread))
                .findFirst()
                .orElseThrow();

        for (JobId id : List.of(ID, OTHER)) {
            // WAITING, not TIMED_WAITING: it sleeps until a listener is added.
            await().atMost(Duration.ofSeconds(5)).until(() -> ticker.getState() == Thread.State.WAITING);
            CompletableFuture<Void> finished = poller.finished(id, MINUTE);
            statuses.set(Statuses.completed(id));
            await().atMost(Duration.ofSeconds(5)).until(finished::isDone);
        }
    }

    @Test
    void readsOnceMoreBeforeItStops() {
        AtomicInteger updates = new AtomicInteger();
        poller.add(ID, new Counting(updates));

        poller.stop();

        assertThat(updates).hasValue(1);
        assertThat(poller.isIdle()).isTrue();
    }

    private static Set<Thread> tickers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("job-poller"))
                .collect(Collectors.toSet());
    }

    @Test
    void endsAllWaitsOnStopAndStartsNoNewOnes() {
        poller.start();
        CompletableFuture<Void> before = poller.finished(ID, MINUTE);

        poller.stop();

        assertThat(before).isCompleted();
        assertThat(poller.finished(ID, MINUTE)).isCompleted();
        assertThat(poller.isIdle()).isTrue();
        assertThat(poller.isRunning()).isFalse();
    }

    @RequiredArgsConstructor
    private static class Counting implements JobListener {

        private final AtomicInteger updates;

        @Override
        public boolean update(JobSnapshot job) {
            updates.incrementAndGet();
            return true;
        }

        @Override
        public void end() {}
    }
}
