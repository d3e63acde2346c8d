package io.imageprocessor.api.events;

import io.imageprocessor.api.RejectedException;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobLog;
import io.imageprocessor.job.JobQueries;
import io.imageprocessor.job.JobStatus;
import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.logging.GuardedTask;
import io.imageprocessor.logging.RateLimitedLog;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import lombok.RequiredArgsConstructor;
import lombok.extern.slf4j.Slf4j;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Watches jobs for those who wait for news of them.
 *
 * <p>One thread looks at every watched job once a tick, however many watch it, and shows all of them what it saw; while
 * nobody watches, it sleeps. Were it told of every result instead, tens of thousands of images a second would pay for
 * it, and the results of other replicas would go unseen.
 *
 * <p>It ends with all that is watched when the work has stopped and before the web server does: neither a client that
 * waits nor one that listens, and reads what it is sent, holds up a shutdown. Thread-safe.
 */
@Slf4j
@RequiredArgsConstructor
public class JobPoller implements SmartLifecycle {

    private static final Duration TICK = Duration.ofMillis(50);

    private final Map<JobId, Set<JobListener>> watchers = new ConcurrentHashMap<>();
    private final JobQueries jobs;
    private final JobEvents events;
    private final HeldRequests held;

    /** Where answers are made: they may take longer than a tick, as a report of very many failed stores does. */
    private final Executor answers;

    private final LongSupplier nanoTime;

    /** The thread that ticks; null unless running. */
    private volatile @Nullable Thread ticker;

    /** Of the thread that ticks. Everyone who waits depends on it: it goes on whatever fails. */
    private final GuardedTask looking =
            new GuardedTask("polling watched jobs", StorageUnavailableException.class::isInstance);

    private final RateLimitedLog faults = new RateLimitedLog(log);
    private volatile boolean idle;
    private volatile boolean stopped;

    /**
     * Completes when the job is finished or forgotten, the time is over, or the service stops: at once, if it is so
     * already, and within a tick otherwise. It holds no thread, and is completed by one that may take its time.
     *
     * @throws RejectedException 503, if as many requests are held as may be
     */
    public CompletableFuture<Void> finished(JobId id, Duration atMost) {
        CompletableFuture<Void> finished = new CompletableFuture<>();
        if (atMost.isZero()
                || jobs.status(id).filter(job -> !job.state().isFinal()).isEmpty()) {
            finished.complete(null);
        } else {
            held.enter();
            var _ = finished.whenComplete((_, _) -> held.leave());
            watch(id, new Wait(finished, nanoTime.getAsLong() + atMost.toNanos()));
        }
        return finished;
    }

    /** Shows the watcher the job every tick, until it has seen enough or it is over. */
    void watch(JobId id, JobListener watcher) {
        watchers.compute(id, (_, others) -> {
            Set<JobListener> all = others == null ? ConcurrentHashMap.newKeySet() : others;
            all.add(watcher);
            return all;
        });
        if (stopped) {
            endAll();
        } else if (idle) {
            LockSupport.unpark(ticker);
        }
    }

    /** Whether nobody watches. */
    boolean isIdle() {
        return watchers.isEmpty();
    }

    private void keepTicking() {
        while (Objects.equals(ticker, Thread.currentThread())) {
            // Said before looking whether there are watchers: one who comes after the look finds it said.
            idle = true;
            if (watchers.isEmpty()) {
                LockSupport.park(this);
            }
            idle = false;
            looking.run(this::tick);
            LockSupport.parkNanos(this, TICK.toNanos());
        }
    }

    /** Looks at all watched jobs once. */
    void tick() {
        Set<JobId> watched = Set.copyOf(watchers.keySet());
        if (watched.isEmpty()) {
            return;
        }
        Set<JobId> unknown = new HashSet<>(watched);
        for (JobStatus status : jobs.statuses(watched)) {
            unknown.remove(status.id());
            try {
                show(status);
            } catch (RuntimeException | Error e) {
                JobLog.about(
                        status.id(),
                        status.head().traceParent().orElse(null),
                        () -> faults.error(e, "polling job {} failed; trying again", status.id()));
            }
        }
        unknown.forEach(this::end);
    }

    private void show(JobStatus status) {
        JobId id = status.id();
        JobSnapshot sight = new JobSnapshot(status, events);
        watchers.getOrDefault(id, Set.of()).removeIf(watcher -> !watcher.see(sight));
        watchers.computeIfPresent(id, (_, all) -> all.isEmpty() ? null : all);
    }

    private void end(JobId id) {
        Set<JobListener> last = watchers.remove(id);
        if (last != null) {
            last.forEach(JobListener::over);
        }
    }

    private void endAll() {
        watchers.keySet().forEach(this::end);
    }

    @Override
    public void start() {
        stopped = false;
        Thread thread = Thread.ofPlatform().daemon().name("job-watch").unstarted(this::keepTicking);
        ticker = thread;
        thread.start();
    }

    @Override
    public void stop() {
        Thread thread = ticker;
        stopped = true;
        ticker = null;
        LockSupport.unpark(thread);
        try {
            // A job whose last image was what the work stopped with is finished, and its listeners are told so.
            tick();
        } catch (StorageUnavailableException e) {
            log.debug("nobody is told how the watched jobs stand", e);
        } finally {
            endAll();
        }
    }

    @Override
    public boolean isRunning() {
        return ticker != null;
    }

    /** Phases stop from the highest down: the work, with the highest of all, then this, then the web server. */
    @Override
    public int getPhase() {
        return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 1;
    }

    /** A request that is held until the job is finished. */
    @RequiredArgsConstructor
    private final class Wait implements JobListener {

        private final CompletableFuture<Void> finished;
        private final long deadline;

        @Override
        public boolean see(JobSnapshot job) {
            boolean enough = job.isFinal() || nanoTime.getAsLong() - deadline >= 0;
            if (enough) {
                over();
            }
            return !enough && !finished.isDone();
        }

        @Override
        public void over() {
            answers.execute(() -> finished.complete(null));
        }
    }
}
