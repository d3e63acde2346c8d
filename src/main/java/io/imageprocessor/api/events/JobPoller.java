package io.imageprocessor.api.events;

import io.imageprocessor.api.RejectedException;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobLog;
import io.imageprocessor.job.JobQueries;
import io.imageprocessor.job.JobStatus;
import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.logging.FatalErrors;
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
 * Polls jobs for requests that wait for them or listen to their events.
 *
 * <p>One thread reads all polled jobs once per tick and passes a snapshot of each to its listeners; without listeners
 * it sleeps. A notification for every result would cost more at tens of thousands of images per second, and would miss
 * the results of other replicas.
 *
 * <p>It stops after the work and before the web server, and then ends all waits and streams, so that no client delays a
 * shutdown. Thread-safe.
 */
@Slf4j
@RequiredArgsConstructor
public class JobPoller implements SmartLifecycle {

    private static final Duration TICK = Duration.ofMillis(50);

    private final Map<JobId, Set<JobListener>> listeners = new ConcurrentHashMap<>();
    private final JobQueries jobs;
    private final JobEvents events;
    private final HeldRequests held;

    /** Completes waits. Thousands that end in one tick must not delay the other jobs. */
    private final Executor responses;

    private final LongSupplier nanoTime;

    /** The polling thread; null unless running. */
    private volatile @Nullable Thread ticker;

    /** Keeps the thread running after any failure, because all waits depend on it. */
    private final GuardedTask polling = new GuardedTask("polling jobs", StorageUnavailableException.class::isInstance);

    private final RateLimitedLog faults = new RateLimitedLog(log);
    private volatile boolean idle;
    private volatile boolean stopped;

    /**
     * Returns a future that completes when the job is finished or removed, the time is over, or the service stops. It
     * is complete at once if one of these is so already, and otherwise within a tick. The wait holds no thread. What
     * depends on the future must be short, and must not build a response: all waits for a job end at once.
     *
     * @throws RejectedException 503 if the limit of held requests is reached
     */
    public CompletableFuture<Void> finished(JobId id, Duration timeout) {
        CompletableFuture<Void> finished = new CompletableFuture<>();
        if (timeout.isZero()
                || jobs.status(id).filter(job -> !job.state().isFinal()).isEmpty()) {
            finished.complete(null);
        } else {
            held.acquire();
            var _ = finished.whenComplete((_, _) -> held.release());
            add(id, new Wait(finished, nanoTime.getAsLong() + timeout.toNanos()));
        }
        return finished;
    }

    /** Passes a snapshot of the job to the listener every tick, until the listener needs no more or the job ends. */
    void add(JobId id, JobListener listener) {
        listeners.compute(id, (_, others) -> {
            Set<JobListener> all = others == null ? ConcurrentHashMap.newKeySet() : others;
            all.add(listener);
            return all;
        });
        if (stopped) {
            endAll();
        } else if (idle) {
            LockSupport.unpark(ticker);
        }
    }

    /** Returns whether there are no listeners. */
    boolean isIdle() {
        return listeners.isEmpty();
    }

    private void keepTicking() {
        while (Objects.equals(ticker, Thread.currentThread())) {
            // Set before the check for listeners, so that a listener added after the check unparks this thread.
            idle = true;
            if (listeners.isEmpty()) {
                LockSupport.park(this);
            }
            idle = false;
            polling.run(this::tick);
            LockSupport.parkNanos(this, TICK.toNanos());
        }
    }

    /** Reads all polled jobs once. */
    void tick() {
        Set<JobId> polled = Set.copyOf(listeners.keySet());
        if (polled.isEmpty()) {
            return;
        }
        Set<JobId> unknown = new HashSet<>(polled);
        for (JobStatus status : jobs.statuses(polled)) {
            unknown.remove(status.id());
            try {
                update(status);
            } catch (StorageUnavailableException e) {
                log.debug("polling job {} postponed", status.id(), e);
            } catch (RuntimeException | Error e) {
                FatalErrors.haltIfFatal(e);
                JobLog.about(
                        status.id(),
                        status.metadata().traceParent().orElse(null),
                        () -> faults.error(e, "polling job {} failed; trying again", status.id()));
            }
        }
        unknown.forEach(this::end);
    }

    private void update(JobStatus status) {
        JobId id = status.id();
        JobSnapshot snapshot = new JobSnapshot(status, events);
        listeners.getOrDefault(id, Set.of()).removeIf(listener -> !listener.update(snapshot));
        listeners.computeIfPresent(id, (_, all) -> all.isEmpty() ? null : all);
    }

    private void end(JobId id) {
        Set<JobListener> last = listeners.remove(id);
        if (last != null) {
            last.forEach(JobListener::end);
        }
    }

    private void endAll() {
        listeners.keySet().forEach(this::end);
    }

    @Override
    public void start() {
        stopped = false;
        Thread thread = Thread.ofPlatform().daemon().name("job-poller").unstarted(this::keepTicking);
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
            // Reports jobs whose last image finished while the work was stopping.
            tick();
        } catch (StorageUnavailableException e) {
            log.debug("final state of polled jobs not reported: storage unavailable", e);
        } finally {
            endAll();
        }
    }

    @Override
    public boolean isRunning() {
        return ticker != null;
    }

    /** Phases stop in descending order: first the work, with the highest phase, then this, then the web server. */
    @Override
    public int getPhase() {
        return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 1;
    }

    /** A request that waits until the job is finished. */
    @RequiredArgsConstructor
    private final class Wait implements JobListener {

        private final CompletableFuture<Void> finished;
        private final long deadline;

        @Override
        public boolean update(JobSnapshot job) {
            boolean done = job.isFinal() || nanoTime.getAsLong() - deadline >= 0;
            if (done) {
                end();
            }
            return !done && !finished.isDone();
        }

        @Override
        public void end() {
            responses.execute(() -> finished.complete(null));
        }
    }
}
