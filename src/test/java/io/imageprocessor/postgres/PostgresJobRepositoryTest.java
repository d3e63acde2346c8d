package io.imageprocessor.postgres;

import com.zaxxer.hikari.HikariDataSource;
import io.imageprocessor.job.CancelContract;
import io.imageprocessor.job.JobListsContract;
import io.imageprocessor.job.JobRepository;
import io.imageprocessor.job.JobSettings;
import io.imageprocessor.job.JobStatesContract;
import io.imageprocessor.job.SubmissionKeysContract;
import io.imageprocessor.job.TestClock;
import io.imageprocessor.job.VisitTotalsContract;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The contracts of a repository, on PostgreSQL. */
class PostgresJobRepositoryTest {

    private static final JobSettings SETTINGS = new JobSettings(1_000_000, 1_000_000, Duration.ofHours(1), 5_000);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private JobRepository postgres(TestClock clock) {
        HikariDataSource pool = new HikariDataSource();
        pool.setDataSource(TestDatabase.dataSource());
        opened.push(pool);
        Database database =
                new Database(new JdbcTemplate(pool), new TransactionTemplate(new JdbcTransactionManager(pool)));
        GroupCommit commits = new GroupCommit(database, clock);
        opened.push(commits);
        return new PostgresJobRepository(database, commits, SETTINGS, clock);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable open : opened) {
            open.close();
        }
    }

    @Nested
    class States extends JobStatesContract {

        @Override
        protected JobRepository newRepository() {
            return postgres(clock);
        }
    }

    @Nested
    class Cancel extends CancelContract {

        @Override
        protected JobRepository newRepository() {
            return postgres(clock);
        }
    }

    @Nested
    class Lists extends JobListsContract {

        @Override
        protected JobRepository newRepository() {
            return postgres(clock);
        }
    }

    @Nested
    class Totals extends VisitTotalsContract {

        @Override
        protected JobRepository newRepository() {
            return postgres(clock);
        }
    }

    @Nested
    class Keys extends SubmissionKeysContract {

        @Override
        protected JobRepository newRepository() {
            return postgres(clock);
        }
    }
}
