package io.imageprocessor.postgres;

import io.imageprocessor.job.JobQueries;
import io.imageprocessor.job.JobSettings;
import io.imageprocessor.job.JobStore;
import io.imageprocessor.job.Storage;
import io.imageprocessor.postgres.claiming.ImageSteps;
import io.imageprocessor.postgres.claiming.SliceLeases;
import io.imageprocessor.postgres.database.ConnectionPool;
import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.reading.PostgresJobQueries;
import io.imageprocessor.postgres.reading.RetentionCutoff;
import io.imageprocessor.postgres.writing.Cancellation;
import io.imageprocessor.postgres.writing.GroupCommit;
import io.imageprocessor.postgres.writing.PostgresIdempotencyKeys;
import io.imageprocessor.postgres.writing.Retention;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Function;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The storage of one replica, with its own connections; jobs have a retention of one hour. */
public final class TestReplica implements AutoCloseable {

    public static final JobSettings SETTINGS = new JobSettings(1_000_000, 1_000_000, Duration.ofHours(1), 5_000);

    public final Database database;
    public final GroupCommit commits;
    public final JobStore store;
    public final JobQueries queries;
    public final PostgresIdempotencyKeys keys;
    final Storage storage;
    public final Retention retention;
    private final ConnectionPool pool = new ConnectionPool();

    public TestReplica(DataSource source, Clock clock) {
        this(source, clock, JdbcTransactionManager::new);
    }

    public TestReplica(DataSource source, Clock clock, Function<DataSource, PlatformTransactionManager> transactions) {
        pool.setDataSource(source);
        database = new Database(new JdbcTemplate(pool), new TransactionTemplate(transactions.apply(pool)));
        commits = new GroupCommit(database, clock);
        RetentionCutoff cutoff = new RetentionCutoff(SETTINGS, clock);
        Cancellation cancellation = new Cancellation(database, cutoff, clock);
        store = new PostgresJobStore(
                database, new ImageSteps(commits, new SliceLeases(Long.MAX_VALUE)), cancellation, clock);
        queries = new PostgresJobQueries(database, cutoff, cancellation::countByStore);
        keys = new PostgresIdempotencyKeys(database, clock);
        storage = new Storage(store, queries, keys);
        retention = new Retention(database, cutoff, clock);
    }

    /** Limits the replica to one connection. Call this before any other method. */
    public TestReplica onOneConnection() {
        pool.setMaximumPoolSize(1);
        return this;
    }

    public JdbcTemplate jdbc() {
        return new JdbcTemplate(pool);
    }

    @Override
    public void close() {
        commits.close();
        pool.close();
    }
}
