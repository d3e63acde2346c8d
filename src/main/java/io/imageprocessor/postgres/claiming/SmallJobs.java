package io.imageprocessor.postgres.claiming;

import io.imageprocessor.job.Job;
import io.imageprocessor.job.Visit;
import io.imageprocessor.logging.FatalErrors;
import io.imageprocessor.logging.GuardedTask;
import io.imageprocessor.postgres.database.DatabaseFailure;
import io.imageprocessor.postgres.reading.SliceKey;
import io.imageprocessor.postgres.reading.SliceLayout;
import io.imageprocessor.queue.FairJobQueue;
import io.imageprocessor.queue.JobTrace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import lombok.extern.slf4j.Slf4j;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Works on small jobs that this replica accepts itself. Their claims are inserted with the jobs, as claims of this
 * replica, so nobody polls for them or reads their URLs. If this replica has enough to do, it leaves its small jobs to
 * polls of all replicas. If it dies, others find the claims by their old heartbeats, like all claims. Thread-safe.
 */
@Slf4j
public final class SmallJobs implements AutoCloseable {

    private static final Duration MAX_STOP = Duration.ofSeconds(3);

    private final ClaimRows claims;
    private final SliceTask task;
    private final SliceLeases leases;
    private final FairJobQueue queue;

    /** Each thread waits until a job is done, so they are virtual. */
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("small-job-", 0).factory());

    /** Leases whose heartbeats this class writes. */
    private final Set<SliceLease> held = ConcurrentHashMap.newKeySet();

    private final GuardedTask heartbeats =
            new GuardedTask("writing heartbeats of small jobs", DatabaseFailure::isReportedByMonitor);
    private final ScheduledExecutorService heartbeat = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("small-job-heartbeat").factory());

    private volatile boolean open;

    /** @param interval time between two heartbeats of a claim */
    public SmallJobs(ClaimRows claims, SliceTask task, SliceLeases leases, FairJobQueue queue, Duration interval) {
        this.claims = claims;
        this.task = task;
        this.leases = leases;
        this.queue = queue;
        var _ = heartbeat.scheduleWithFixedDelay(
                () -> heartbeats.run(() -> claims.writeHeartbeats(held)),
                interval.toMillis(),
                interval.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** A small job that this replica is about to claim, with room in memory for its images. Not thread-safe. */
    record Claim(SliceLease lease, SliceMemory.Reservation memory, SliceRows.OpenSlice slice) {}

    /** From now on, small jobs are claimed. */
    void open() {
        open = true;
    }

    /**
     * Returns claims of those jobs that are small and for which this replica has room.
     *
     * @param jobs with images to download
     */
    List<Claim> claim(List<Job> jobs) {
        List<Claim> claims = new ArrayList<>();
        for (Job job : jobs) {
            if (job.imageCount() <= SliceLayout.IMAGES_OF_FIRST_SLICE && mayClaim(claims.size())) {
                claim(job).ifPresent(claims::add);
            }
        }
        return claims;
    }

    private boolean mayClaim(int more) {
        return open
                && !leases.isClosed()
                && leases.first() + more < ClaimPolicy.MAX_CLAIMED_UNPOLLED
                && !ClaimPolicy.hasEnough(queue);
    }

    private Optional<Claim> claim(Job job) {
        SliceLease lease = new SliceLease(new SliceKey(job.id(), 0), ClaimRows.NEW, true);
        SliceMemory.Reservation memory = leases.memory().new Reservation(lease);
        SliceRows.OpenSlice slice = slice(job);
        return memory.hold(slice.urls()) ? Optional.of(new Claim(lease, memory, slice)) : Optional.empty();
    }

    private static SliceRows.OpenSlice slice(Job job) {
        List<String> urls = new ArrayList<>(job.imageCount());
        for (int i = 0; i < job.imageCount(); i++) {
            urls.add(job.url(i));
        }
        BitSet downloadable = new BitSet();
        for (Visit visit : job.visits()) {
            downloadable.set(visit.firstImage(), visit.endImage(), visit.store().isPresent());
        }
        return new SliceRows.OpenSlice(
                urls, downloadable, JobTrace.of(job.metadata().traceParent(), job.imageCount()));
    }

    /** Inserts claims, in the transaction that inserts their jobs. */
    void insert(JdbcTemplate jdbc, List<Claim> small) {
        claims.insert(jdbc, small.stream().map(Claim::lease).toList());
    }

    /** Starts to work on jobs whose claims are inserted. */
    void start(List<Claim> small) {
        small.forEach(this::start);
    }

    private void start(Claim claim) {
        held.add(claim.lease());
        try {
            threads.execute(() -> work(claim));
        } catch (RuntimeException | Error e) {
            FatalErrors.haltIfFatal(e);
            // Without heartbeats, any replica takes the job over. This thread still has a transaction to end.
            held.remove(claim.lease());
            claim.memory().close();
            log.debug("small job {} not started", claim.lease().key().jobId(), e);
        }
    }

    /** Releases the memory of jobs whose claims were not inserted. */
    void releaseMemory(List<Claim> small) {
        small.forEach(claim -> claim.memory().close());
    }

    private void work(Claim claim) {
        SliceLease lease = claim.lease();
        try {
            switch (task.workOn(lease, claim.memory(), claim.slice())) {
                case RECORDED, LOST -> held.remove(lease);
                case DONE -> end(lease, () -> claims.delete(lease));
                case RELEASED -> release(lease);
            }
        } catch (RuntimeException | Error e) {
            FatalErrors.haltIfFatal(e);
            task.logAndPause(lease.key(), e);
            release(lease);
        }
    }

    private void release(SliceLease lease) {
        end(lease, () -> claims.release(lease));
    }

    private void end(SliceLease lease, Runnable change) {
        held.remove(lease);
        task.endClaim(lease.key(), change);
    }

    /** Waits until the claims are given back. Called after the leases were closed. */
    @Override
    public void close() {
        threads.shutdown();
        try {
            var _ = threads.awaitTermination(MAX_STOP.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        heartbeat.shutdown();
    }
}
