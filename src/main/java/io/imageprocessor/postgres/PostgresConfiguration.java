package io.imageprocessor.postgres;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.boot.config.DbSchedulerProperties;
import io.imageprocessor.job.HeapCosts;
import io.imageprocessor.job.HeapLimits;
import io.imageprocessor.job.JobSettings;
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
import io.imageprocessor.postgres.database.DatabaseMonitor;
import io.imageprocessor.postgres.database.DatabaseUrl;
import io.imageprocessor.postgres.database.SchemaMigration;
import io.imageprocessor.postgres.reading.PostgresJobQueries;
import io.imageprocessor.postgres.reading.RetentionCutoff;
import io.imageprocessor.postgres.writing.Cancellation;
import io.imageprocessor.postgres.writing.GroupCommit;
import io.imageprocessor.postgres.writing.PostgresIdempotencyKeys;
import io.imageprocessor.postgres.writing.Retention;
import io.imageprocessor.queue.FairJobQueue;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Creates the beans of this module, only with storage=postgres. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "imageprocessor.storage", havingValue = "postgres")
class PostgresConfiguration {

    /** How long a failed slice waits. Long enough for the cause to be fixed, and for other slices to go first. */
    private static final Duration RETRY_PAUSE = Duration.ofSeconds(10);

    @Bean
    DatabaseUrl databaseUrl(DataSourceProperties properties) {
        return DatabaseUrl.of(properties.getUrl());
    }

    @Bean
    @ConfigurationProperties("spring.datasource.hikari")
    ConnectionPool dataSource(DatabaseUrl url, DataSourceProperties properties) {
        ConnectionPool pool = new ConnectionPool();
        pool.setJdbcUrl(url.value());
        pool.setUsername(properties.getUsername());
        pool.setPassword(properties.getPassword());
        return pool;
    }

    @Bean
    SchemaMigration schemaMigration(ConnectionPool pool, DatabaseUrl url) {
        return new SchemaMigration(pool, url);
    }

    @Bean
    DatabaseMonitor databaseMonitor(ConnectionPool pool, DatabaseUrl url, LoggingSystem logging) {
        return new DatabaseMonitor(pool, url, logging);
    }

    @Bean
    HealthIndicator databaseHealthIndicator(DatabaseMonitor monitor) {
        return () -> (monitor.isReady() ? Health.up() : Health.outOfService()).build();
    }

    @Bean
    Database database(JdbcTemplate jdbc, PlatformTransactionManager transactions, DatabaseMonitor monitor) {
        return new Database(jdbc, new TransactionTemplate(transactions), monitor);
    }

    @Bean
    GroupCommit groupCommit(Database database, Clock clock) {
        return new GroupCommit(database, clock);
    }

    @Bean
    PostgresMeters postgresMeters(SliceLeases leases, GroupCommit commits, DatabaseMonitor monitor) {
        return new PostgresMeters(leases, commits, monitor);
    }

    @Bean
    SliceLeases sliceLeases(HeapLimits limits) {
        return new SliceLeases(limits.others());
    }

    @Bean
    HeapCosts heapCosts() {
        return HeapCosts.POSTGRES;
    }

    @Bean
    RetentionCutoff retentionCutoff(JobSettings settings, Clock clock) {
        return new RetentionCutoff(settings, clock);
    }

    @Bean
    Cancellation cancellation(Database database, RetentionCutoff cutoff, Clock clock) {
        return new Cancellation(database, cutoff, clock);
    }

    @Bean
    PostgresJobStore jobStore(
            Database database, GroupCommit commits, SliceLeases leases, Cancellation cancellation, Clock clock) {
        return new PostgresJobStore(database, new ImageSteps(commits, leases), cancellation, clock);
    }

    @Bean
    PostgresJobQueries jobQueries(Database database, RetentionCutoff cutoff, Cancellation cancellation) {
        return new PostgresJobQueries(database, cutoff, cancellation::countByStore);
    }

    @Bean
    PostgresIdempotencyKeys idempotencyKeys(Database database, Clock clock) {
        return new PostgresIdempotencyKeys(database, clock);
    }

    @Bean
    LeaseMonitor leaseMonitor(
            Database database, SliceLeases leases, FairJobQueue local, DbSchedulerProperties scheduling) {
        return new LeaseMonitor(
                database,
                leases,
                local,
                scheduling.getHeartbeatInterval(),
                scheduling.getHeartbeatInterval().multipliedBy(scheduling.getMissedHeartbeatsLimit()));
    }

    @Bean
    SliceTask sliceTask(SliceRows rows, SliceLeases leases, FairJobQueue local, LeaseMonitor monitor) {
        return new SliceTask(rows, leases, local, monitor, RETRY_PAUSE);
    }

    @Bean
    SliceRows sliceRows(Database database, GroupCommit commits, MeterRegistry meters) {
        return new SliceRows(database, commits, PostgresMeters.internalErrors(meters));
    }

    @Bean
    LostSlices lostSlices(Database database, SliceTask task, Scheduler scheduler) {
        return new LostSlices(database, task, scheduler);
    }

    @Bean
    ReplicaScheduler replicaScheduler(Database database, FairJobQueue local, SliceLeases leases, GroupCommit commits) {
        return new ReplicaScheduler(database, local, leases, commits::waiting);
    }

    @Bean
    ClaimRows claimRows(Database database, ReplicaScheduler scheduler, Clock clock) {
        return new ClaimRows(database, scheduler, clock);
    }

    @Bean
    SmallJobs smallJobs(
            ClaimRows claims,
            SliceTask task,
            SliceLeases leases,
            FairJobQueue local,
            DbSchedulerProperties scheduling) {
        return new SmallJobs(claims, task, leases, local, scheduling.getHeartbeatInterval());
    }

    @Bean
    ClaimingLifecycle claimingLifecycle(Scheduler scheduler, SliceLeases leases, SmallJobs small) {
        return new ClaimingLifecycle(scheduler, leases, small);
    }

    @Bean
    @Primary
    PostgresJobQueue postgresJobQueue(
            Database database,
            SliceTask task,
            Scheduler scheduler,
            SmallJobs small,
            FairJobQueue local,
            JobSettings settings) {
        SharedBacklog backlog = new SharedBacklog(
                database,
                settings.maxPendingImages(),
                () -> scheduler.getSchedulerState().isShuttingDown(),
                System::nanoTime);
        return new PostgresJobQueue(database, backlog, task, scheduler, small, local);
    }

    @Bean
    Retention retention(Database database, RetentionCutoff cutoff, Clock clock) {
        return new Retention(database, cutoff, clock);
    }
}
