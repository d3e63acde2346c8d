package io.imageprocessor.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.job.HeapBudget;
import io.imageprocessor.job.JobConflictException;
import io.imageprocessor.job.JobDraft;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobQueries;
import io.imageprocessor.job.JobReport;
import io.imageprocessor.job.JobService;
import io.imageprocessor.job.JobSettings;
import io.imageprocessor.job.JobState;
import io.imageprocessor.job.JobStatus;
import io.imageprocessor.job.Jobs;
import io.imageprocessor.job.Storage;
import io.imageprocessor.job.SubmissionRejectedException;
import io.imageprocessor.job.TestClock;
import io.imageprocessor.memory.InMemoryStorage;
import io.imageprocessor.queue.FairJobQueue;
import io.imageprocessor.queue.ImageExecution;
import io.imageprocessor.queue.LocalQueues;
import io.imageprocessor.stores.Store;
import io.imageprocessor.stores.StoreMaster;
import io.imageprocessor.stores.StoreRegistry;
import io.imageprocessor.work.SteppedWork.DownloadOutcome;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The service from submission to result; only the network, the GPU and the time are replaced. Actions decide what
 * happens and in which order, one step each.
 */
final class JobWorld {

    static final int MAX_WAITING = 14;
    static final int MAX_IN_FLIGHT = 5;
    static final int PER_HOST = 2;
    static final int MAX_RETAINED = 30;
    static final Duration RETENTION = Duration.ofHours(1);

    private static final JobSettings SETTINGS = new JobSettings(9, MAX_WAITING, RETENTION, MAX_RETAINED);

    /** Kinds of actions, each with its relative frequency. */
    enum Kind {
        SUBMIT(4),
        ABANDON(1),
        START(9),
        PROCEED(12),
        AWAIT_TIMER(3),
        PASS_TIME(1),
        CANCEL(3),
        RETRY(2),
        RELOAD(1);

        final int weight;

        Kind(int weight) {
            this.weight = weight;
        }
    }

    /** Events that must occur in some of the random histories. */
    enum Event {
        CANCELLED_WHILE_RUNNING,
        RETRY_SCHEDULED,
        RETRIED,
        RELOADED_WHILE_RUNNING,
        EXPIRED,
        EVICTED
    }

    /** @param dice seeds what the kind leaves open */
    record Action(Kind kind, int dice) {}

    private record Timed(long due, Runnable action) {}

    final TestClock clock = new TestClock(Jobs.SUBMITTED_AT);
    final List<ImageExecution> started = new ArrayList<>();
    final List<SteppedWork> paused = new ArrayList<>();

    /** All jobs so far, oldest first. */
    final List<JobId> jobs = new ArrayList<>();

    final Set<Event> events = EnumSet.noneOf(Event.class);

    /** Each step so far, in words. */
    final List<String> steps = new ArrayList<>();

    final HeapBudget budget = Jobs.unlimitedHeap();
    final FairJobQueue queue;
    final JobService service;
    final JobQueries queries;

    private final StoreMaster stores;
    private final PriorityQueue<Timed> timers = new PriorityQueue<>(Comparator.comparingLong(Timed::due));
    private boolean thirdStoreExists;

    JobWorld() throws Exception {
        Storage storage = InMemoryStorage.of(SETTINGS, budget, clock);
        queries = storage.queries();
        ImageWorker worker = new ImageWorker(
                storage.store(),
                SteppedWork.probe(),
                SteppedWork.gpu(),
                new RetryPolicy(3, Duration.ofSeconds(90), () -> 0),
                new WorkMeters(new SimpleMeterRegistry()));
        queue = LocalQueues.queueFor(worker)
                .limits(MAX_WAITING, MAX_IN_FLIGHT, 1, PER_HOST)
                .executor(execution -> started.add((ImageExecution) execution))
                .timer(this::setTimer)
                .nanoTime(this::nanoTime)
                .build();
        stores = new StoreMaster(() -> new StoreRegistry(Stream.of("S1", "S2", "S3")
                .limit(thirdStoreExists ? 3 : 2)
                .map(id -> new Store(id, id, "1"))
                .toList()));
        service = Jobs.service(stores, storage, queue, SETTINGS, clock, budget);
    }

    private long nanoTime() {
        return Duration.between(Jobs.SUBMITTED_AT, clock.instant()).toNanos();
    }

    private void setTimer(Duration delay, Runnable action) {
        timers.add(new Timed(nanoTime() + delay.toNanos(), action));
        events.add(Event.RETRY_SCHEDULED);
    }

    void apply(Action action) {
        Random random = new Random(action.dice());
        switch (action.kind()) {
            case SUBMIT -> submit(random, true);
            case ABANDON -> submit(random, false);
            case START -> choice(started, random).ifPresent(this::start);
            case PROCEED -> choice(paused, random).ifPresent(work -> proceed(work, outcome(random)));
            case AWAIT_TIMER -> awaitTimer();
            case PASS_TIME -> passTime(Duration.ofMinutes(random.nextInt(50)));
            case CANCEL -> choice(jobs, random).ifPresent(this::cancel);
            case RETRY -> choice(jobs, random).ifPresent(this::retry);
            case RELOAD -> reload();
        }
    }

    /** Takes a step towards the end of all jobs; returns false if no step is left. */
    boolean stepToEnd() {
        if (!started.isEmpty()) {
            start(started.getFirst());
        } else if (!paused.isEmpty()) {
            proceed(paused.getFirst(), DownloadOutcome.MEASURED);
        } else if (!timers.isEmpty()) {
            awaitTimer();
        } else {
            return false;
        }
        return true;
    }

    private void submit(Random random, boolean complete) {
        try (JobDraft draft = service.draft()) {
            StringBuilder visits = new StringBuilder();
            for (int visit = 1 + random.nextInt(3); visit > 0; visit--) {
                String store = "S" + (1 + random.nextInt(3));
                visits.append(' ').append(store).append(':');
                for (int image = 1 + random.nextInt(3); image > 0; image--) {
                    String host = List.of("a", "a", "a", "b", "c").get(random.nextInt(5));
                    draft.addImage("http://" + host + "/photo");
                    visits.append(host);
                }
                draft.endVisit(store, Jobs.VISITED_AT);
            }
            if (complete) {
                jobs.add(service.submit(draft));
                log("submit" + visits + ", as job " + jobs.size());
            }
        } catch (SubmissionRejectedException e) {
            log("submission rejected");
        }
    }

    private void start(ImageExecution execution) {
        started.remove(execution);
        log("start " + name(execution));
        SteppedWork work = new SteppedWork(execution);
        paused.add(work);
        work.begin();
        removeIfOver(work);
    }

    private void proceed(SteppedWork work, DownloadOutcome outcome) {
        log("proceed with " + name(work.execution) + ": " + outcome);
        work.outcome = outcome;
        work.proceed();
        removeIfOver(work);
    }

    private void removeIfOver(SteppedWork work) {
        if (work.isOver()) {
            paused.remove(work);
        }
    }

    private void awaitTimer() {
        Timed next = timers.poll();
        if (next != null) {
            clock.advance(Duration.ofNanos(Math.max(0, next.due() - nanoTime())));
            log("timer");
            next.action().run();
        }
    }

    private void passTime(Duration time) {
        clock.advance(time);
        log("pass " + time);
    }

    private void cancel(JobId id) {
        log("cancel job " + number(id));
        Optional<JobStatus> before = queries.status(id);
        boolean conflict = before.filter(status -> status.state().isFinal() && status.state() != JobState.CANCELLED)
                .isPresent();
        try {
            Optional<JobReport> report = service.cancel(id);
            assertThat(conflict).as("cancelled although it was finished").isFalse();
            assertThat(report.isPresent()).isEqualTo(before.isPresent());
            before.filter(status -> status.counts().running() > 0)
                    .ifPresent(_ -> events.add(Event.CANCELLED_WHILE_RUNNING));
            report.ifPresent(
                    known -> assertThat(known.status().state()).as("cancelled").isEqualTo(JobState.CANCELLED));
        } catch (JobConflictException e) {
            assertThat(conflict).as(e.getMessage()).isTrue();
        }
    }

    private void retry(JobId id) {
        log("retry job " + number(id));
        Optional<JobStatus> before = queries.status(id);
        try {
            service.retry(id, Optional.empty(), Optional.empty()).ifPresent(retry -> {
                jobs.add(retry);
                events.add(Event.RETRIED);
                log("... as job " + jobs.size());
                assertThat(queries.status(retry).orElseThrow().counts().total())
                        .as("images of the retry")
                        .isEqualTo(before.orElseThrow().counts().failed());
            });
        } catch (JobConflictException e) {
            assertThat(before.orElseThrow().state().isFinal()
                            && before.orElseThrow().counts().failed() > 0)
                    .as(e.getMessage())
                    .isFalse();
        } catch (SubmissionRejectedException e) {
            log("... rejected");
        }
    }

    private void reload() {
        thirdStoreExists = !thirdStoreExists;
        stores.reload();
        log("store S3 " + (thirdStoreExists ? "exists" : "does not exist"));
        if (!LocalQueues.isEmpty(queue)) {
            events.add(Event.RELOADED_WHILE_RUNNING);
        }
    }

    private void log(String what) {
        steps.add(what);
    }

    private String name(ImageExecution execution) {
        return "job " + number(execution.task().jobId()) + " image "
                + execution.task().index();
    }

    private int number(JobId id) {
        return jobs.indexOf(id) + 1;
    }

    private static DownloadOutcome outcome(Random random) {
        DownloadOutcome[] all = DownloadOutcome.values();
        // More than half of them succeed.
        return random.nextBoolean() ? DownloadOutcome.MEASURED : all[random.nextInt(all.length)];
    }

    private static <T> Optional<T> choice(List<T> candidates, Random random) {
        return candidates.isEmpty() ? Optional.empty() : Optional.of(candidates.get(random.nextInt(candidates.size())));
    }
}
