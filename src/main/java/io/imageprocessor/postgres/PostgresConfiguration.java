package io.imageprocessor.postgres;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.boot.config.DbSchedulerProperties;
import io.imageprocessor.job.JobSettings;
import io.imageprocessor.postgres.claiming.ClaimPolicy;
import io.imageprocessor.postgres.claiming.ClaimingLifecycle;
import io.imageprocessor.postgres.claiming.ImageSteps;
import io.imageprocessor.postgres.claiming.LeaseMonitor;
import io.imageprocessor.postgres.claiming.PostgresJobQueue;
import io.imageprocessor.postgres.claiming.ReplicaScheduler;
import io.imageprocessor.postgres.claiming.SharedBacklog;
import io.imageprocessor.postgres.claiming.SliceLeases;
import io.imageprocessor.postgres.claiming.SliceRows;
import io.imageprocessor.postgres.claiming.SliceTask;
import io.imageprocessor.postgres.claiming.TwoLanePolling;
import io.imageprocessor.postgres.database.ConnectionPool;
import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.database.DatabaseMonitor;
import io.imageprocessor.postgres.database.DatabaseUrl;
import io.imageprocessor.postgres.database.OutageLogFilter;
import io.imageprocessor.postgres.database.SchemaMigration;
import io.imageprocessor.postgres.reading.RetentionCutoff;
import io.imageprocessor.postgres.writing.Cancellation;
import io.imageprocessor.postgres.writing.GroupCommit;
import io.imageprocessor.postgres.writing.PostgresIdempotencyKeys;
import io.imageprocessor.postgres.writing.Retention;
import io.imageprocessor.queue.FairJobQueue;
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

/** Everything of this room, for storage=postgres alone. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "imageprocessor.storage", havingValue = "postgres")
class PostgresConfiguration {

    /** Long enough for whoever mends what fails, and for the others in line. */
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(10);

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
        return new SchemaMigration(pool, url, SchemaMigration.OLDEST_SERVER);
    }

    @Bean
    DatabaseMonitor databaseWatch(ConnectionPool pool, DatabaseUrl url, LoggingSystem logging) {
        return new DatabaseMonitor(pool, url, new OutageLogFilter(logging));
    }

    @Bean
    HealthIndicator databaseHealthIndicator(DatabaseMonitor watch) {
        return () -> (watch.isAway() ? Health.outOfService() : Health.up()).build();
    }

    @Bean
    Database database(JdbcTemplate jdbc, PlatformTransactionManager transactions, DatabaseMonitor watch) {
        return new Database(jdbc, new TransactionTemplate(transactions), watch::isAway);
    }

    @Bean
    GroupCommit groupCommit(Database database, Clock clock) {
        return new GroupCommit(database, clock);
    }

    @Bean
    PostgresMeters postgresMeters(SliceLeases held, GroupCommit commits, DatabaseMonitor watch) {
        return new PostgresMeters(held, commits, watch);
    }

    @Bean
    SliceLeases heldSlices() {
        return new SliceLeases();
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
            Database database, GroupCommit commits, SliceLeases held, Cancellation cancellation, Clock clock) {
        return new PostgresJobStore(database, new ImageSteps(commits, held), cancellation, clock);
    }

    @Bean
    PostgresJobQueries jobQueries(Database database, RetentionCutoff cutoff, Cancellation cancellation) {
        return new PostgresJobQueries(database, cutoff, cancellation);
    }

    @Bean
    PostgresIdempotencyKeys idempotencyKeys(Database database, Clock clock) {
        return new PostgresIdempotencyKeys(database, clock);
    }

    @Bean
    LeaseMonitor claimWatch(Database database, SliceLeases held, FairJobQueue local, DbSchedulerProperties scheduling) {
        return new LeaseMonitor(
                database,
                held,
                local,
                scheduling.getHeartbeatInterval(),
                scheduling.getHeartbeatInterval().multipliedBy(scheduling.getMissedHeartbeatsLimit()));
    }

    @Bean
    SliceTask sliceTask(Database database, SliceLeases held, FairJobQueue local, LeaseMonitor watch) {
        return new SliceTask(new SliceRows(database), held, local, watch, PAUSE_AFTER_FAILURE);
    }

    @Bean
    ReplicaScheduler replicaScheduler(FairJobQueue local, SliceLeases held, GroupCommit commits) {
        return new ReplicaScheduler(new TwoLanePolling(new ClaimPolicy(local, held, commits)));
    }

    @Bean
    ClaimingLifecycle claimsLifecycle(Scheduler scheduler, SliceLeases held) {
        return new ClaimingLifecycle(scheduler, held);
    }

    @Bean
    @Primary
    PostgresJobQueue postgresJobQueue(
            Database database, SliceTask task, Scheduler scheduler, FairJobQueue local, JobSettings settings) {
        SharedBacklog backlog = new SharedBacklog(
                database,
                settings.maxPendingImages(),
                () -> scheduler.getSchedulerState().isShuttingDown(),
                System::nanoTime);
        return new PostgresJobQueue(database, backlog, task, scheduler, local);
    }

    @Bean
    Retention retention(Database database, RetentionCutoff cutoff, Clock clock) {
        return new Retention(database, cutoff, clock);
    }
}
