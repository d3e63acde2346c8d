package io.imageprocessor.postgres;

import io.imageprocessor.job.JobSettings;
import java.time.Clock;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
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
    Database database(JdbcTemplate jdbc, PlatformTransactionManager transactions) {
        return new Database(jdbc, new TransactionTemplate(transactions));
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
