package io.imageprocessor.postgres;

import com.github.kagkarlsson.scheduler.PollingStrategyConfig;
import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SystemClock;
import com.github.kagkarlsson.scheduler.boot.config.DbSchedulerConfigurationSupport;
import com.github.kagkarlsson.scheduler.boot.config.DbSchedulerProperties;
import com.github.kagkarlsson.scheduler.logging.LogLevel;
import com.github.kagkarlsson.scheduler.stats.StatsRegistry;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.ImageTask;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobQueries;
import io.imageprocessor.job.JobSettings;
import io.imageprocessor.job.JobStore;
import io.imageprocessor.job.Jobs;
import io.imageprocessor.job.TestClock;
import io.imageprocessor.postgres.claiming.ClaimRows;
import io.imageprocessor.postgres.claiming.ClaimingLifecycle;
import io.imageprocessor.postgres.claiming.ImageSteps;
import io.imageprocessor.postgres.claiming.LeaseMonitor;
import io.imageprocessor.postgres.claiming.LostSlices;
import io.imageprocessor.postgres.claiming.PostgresJobQueue;
import io.imageprocessor.postgres.claiming.ReplicaScheduler;
import io.imageprocessor.postgres.claiming.SharedBacklog;
import io.imageprocessor.postgres.claiming.SliceLeases;
import io.imageprocessor.postgres.claiming.SliceRows;
import io.imageprocessor.postgres.claiming.SliceTask;
import io.imageprocessor.postgres.claiming.SmallJobs;
import io.imageprocessor.postgres.database.ConnectionPool;
import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.reading.PostgresJobQueries;
import io.imageprocessor.postgres.reading.RetentionCutoff;
import io.imageprocessor.postgres.writing.Cancellation;
import io.imageprocessor.postgres.writing.GroupCommit;
import io.imageprocessor.queue.FairJobQueue;
import io.imageprocessor.queue.LocalQueues;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A replica that claims slices, composed as in the service; the test supplies the work on an image. */
public final class ClaimingReplica implements AutoCloseable {

    /** Short, so that a dead replica is noticed within seconds, but long enough for the threads of a busy machine. */
    public static final Duration HEARTBEAT = Duration.ofMillis(700);

    public static final Duration RETRY_PAUSE = Duration.ofSeconds(1);

    private static final ImageResult RESULT = new ImageResult.Succeeded(3, 4, "png", 5, 1, 6, 7);

    final ConnectionPool pool = new ConnectionPool();
    public final SliceLeases leases;
    public final FairJobQueue local;
    public final JobStore store;
    public final JobQueries queries;
    public final PostgresJobQueue queue;
    public final LostSlices lostSlices;
    public final Counter urlsLost = Counter.builder("urls.lost").register(new SimpleMeterRegistry());

    /** Started images, in the order of their start. */
    public final List<ImageTask> started = new CopyOnWriteArrayList<>();

    private final Consumer<ImageTask> download;
    private final GroupCommit commits;
    private final LeaseMonitor monitor;
    private final ClaimingLifecycle lifecycle;

    /** @param inFlight maximum number of images in flight */
    public ClaimingReplica(DataSource dataSource, int maxPending, int inFlight, Consumer<ImageTask> download) {
        this(dataSource, maxPending, inFlight, download, System::nanoTime);
    }

    /** @param nanoTime the clock for the age of a count of the pending images */
    public ClaimingReplica(
            DataSource dataSource, int maxPending, int inFlight, Consumer<ImageTask> download, LongSupplier nanoTime) {
        this(dataSource, maxPending, inFlight, download, nanoTime, new SliceLeases(Long.MAX_VALUE));
    }

    /** @param leases have the memory of the slices */
    public ClaimingReplica(
            DataSource dataSource,
            int maxPending,
            int inFlight,
            Consumer<ImageTask> download,
            LongSupplier nanoTime,
            SliceLeases leases) {
        this.download = download;
        this.leases = leases;
        pool.setDataSource(dataSource);
        Database database =
                new Database(new JdbcTemplate(pool), new TransactionTemplate(new JdbcTransactionManager(pool)));
        TestClock clock = new TestClock(Jobs.SUBMITTED_AT);
        commits = new GroupCommit(database, clock);
        RetentionCutoff cutoff =
                new RetentionCutoff(new JobSettings(1_000_000, maxPending, Duration.ofHours(1), 1), clock);
        Cancellation cancellation = new Cancellation(database, cutoff, clock);
        store = new PostgresJobStore(database, new ImageSteps(commits, leases), cancellation, clock);
        queries = new PostgresJobQueries(database, cutoff, cancellation::countByStore);
        local = LocalQueues.of(inFlight, this::download, this::record);
        monitor = new LeaseMonitor(database, leases, local, HEARTBEAT, HEARTBEAT.multipliedBy(4));
        SliceRows rows = new SliceRows(database, commits, urlsLost);
        SliceTask task = new SliceTask(rows, leases, local, monitor, RETRY_PAUSE);
        ReplicaScheduler replica = new ReplicaScheduler(database, local, leases, commits::waiting);
        Scheduler scheduler = DbSchedulerConfigurationSupport.buildScheduler(
                settings(), replica, StatsRegistry.NOOP, new SystemClock(), pool, List.of(task), List.of(), List.of());
        SmallJobs small =
                new SmallJobs(new ClaimRows(database, replica, Clock.systemUTC()), task, leases, local, HEARTBEAT);
        lifecycle = new ClaimingLifecycle(scheduler, leases, small);
        lostSlices = new LostSlices(database, task, scheduler);
        queue = new PostgresJobQueue(
                database,
                new SharedBacklog(
                        database,
                        maxPending,
                        () -> scheduler.getSchedulerState().isShuttingDown(),
                        nanoTime),
                task,
                scheduler,
                small,
                local);
    }

    private static DbSchedulerProperties settings() {
        DbSchedulerProperties settings = new DbSchedulerProperties();
        settings.setThreads(3_500);
        settings.setPollingStrategy(PollingStrategyConfig.Type.LOCK_AND_FETCH);
        settings.setPollingStrategyUpperLimitFractionOfThreads(1);
        settings.setPollingInterval(Duration.ofMillis(50));
        settings.setPriorityEnabled(true);
        settings.setHeartbeatInterval(HEARTBEAT);
        settings.setMissedHeartbeatsLimit(4);
        settings.setShutdownMaxWait(Duration.ofSeconds(3));
        settings.setFailureLoggerLevel(LogLevel.OFF);
        return settings;
    }

    private boolean download(ImageTask task) {
        boolean pending = store.start(task.jobId(), task.index());
        if (pending) {
            started.add(task);
            download.accept(task);
        }
        return pending;
    }

    private void record(ImageTask task) {
        store.record(task.jobId(), task.index(), RESULT);
    }

    public ClaimingReplica start() {
        if (!lifecycle.isRunning()) {
            lifecycle.start();
        }
        return this;
    }

    public void submit(Jobs jobs) {
        Job job = jobs.build();
        queue.backlog().reserve(job.downloadableImages());
        store.save(job, queue::enqueue);
        queue.backlog().accepted(job.downloadableImages());
    }

    /** Stops as after SIGTERM: releases all leases; images in flight continue. */
    public void stop() {
        LocalQueues.close(local);
        lifecycle.stop();
    }

    /** Stops as after kill -9: writes nothing more, and releases no lease. */
    public void die() {
        pool.close();
    }

    @Override
    public void close() {
        stop();
        monitor.close();
        commits.close();
        pool.close();
    }
}
