package io.imageprocessor.postgres;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.boot.config.DbSchedulerProperties;
import io.imageprocessor.job.JobSettings;
import io.imageprocessor.work.FairJobQueue;
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
    DatabaseWatch databaseWatch(ConnectionPool pool, DatabaseUrl url, LoggingSystem logging) {
        return new DatabaseWatch(pool, url, new LibraryLoggers(logging));
    }

    @Bean
    HealthIndicator databaseHealthIndicator(DatabaseWatch watch) {
        return () -> (watch.isAway() ? Health.outOfService() : Health.up()).build();
    }

    @Bean
    Database database(JdbcTemplate jdbc, PlatformTransactionManager transactions, DatabaseWatch watch) {
        return new Database(jdbc, new TransactionTemplate(transactions), watch::isAway);
    }

    @Bean
    GroupCommit groupCommit(Database database, Clock clock) {
        return new GroupCommit(database, clock);
    }

    @Bean
    PostgresMeters postgresMeters(HeldSlices held, GroupCommit commits, DatabaseWatch watch) {
        return new PostgresMeters(held, commits, watch);
    }

    @Bean
    HeldSlices heldSlices() {
        return new HeldSlices();
    }

    @Bean
    PostgresJobRepository jobRepository(
            Database database, GroupCommit commits, HeldSlices held, JobSettings settings, Clock clock) {
        return new PostgresJobRepository(database, new ImageSteps(commits, held), settings, clock);
    }

    @Bean
    ClaimWatch claimWatch(Database database, HeldSlices held, FairJobQueue local, DbSchedulerProperties scheduling) {
        return new ClaimWatch(
                database,
                held,
                local,
                scheduling.getHeartbeatInterval(),
                scheduling.getHeartbeatInterval().multipliedBy(scheduling.getMissedHeartbeatsLimit()));
    }

    @Bean
    SliceTask sliceTask(Database database, HeldSlices held, FairJobQueue local, ClaimWatch watch) {
        return new SliceTask(new SliceRows(database), held, local, watch, PAUSE_AFTER_FAILURE);
    }

    @Bean
    ReplicaScheduler replicaScheduler(FairJobQueue local, HeldSlices held, GroupCommit commits) {
        return new ReplicaScheduler(new LaneClaims(new SliceDemand(local, held, commits)));
    }

    @Bean
    ClaimsLifecycle claimsLifecycle(Scheduler scheduler, HeldSlices held) {
        return new ClaimsLifecycle(scheduler, held);
    }

    @Bean
    @Primary
    PostgresJobQueue postgresJobQueue(
            Database database, SliceTask task, Scheduler scheduler, FairJobQueue local, JobSettings settings) {
        PendingRoom room = new PendingRoom(database, settings.maxPendingImages(), System::nanoTime);
        return new PostgresJobQueue(database, room, task, scheduler, local);
    }

    @Bean
    Retention retention(Database database, JobSettings settings, Clock clock) {
        return new Retention(database, new Expiry(settings, clock), clock);
    }
}
