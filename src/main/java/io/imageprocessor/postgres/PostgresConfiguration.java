package io.imageprocessor.postgres;

import io.imageprocessor.job.JobSettings;
import java.time.Clock;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Everything of this room, for storage=postgres alone. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "imageprocessor.storage", havingValue = "postgres")
class PostgresConfiguration {

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
    PostgresJobRepository jobRepository(Database database, GroupCommit commits, JobSettings settings, Clock clock) {
        return new PostgresJobRepository(database, commits, settings, clock);
    }

    @Bean
    Retention retention(Database database, JobSettings settings, Clock clock) {
        return new Retention(database, new Expiry(settings, clock), clock);
    }
}
