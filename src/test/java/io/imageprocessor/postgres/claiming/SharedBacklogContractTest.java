package io.imageprocessor.postgres.claiming;

import io.imageprocessor.job.Backlog;
import io.imageprocessor.job.BacklogContract;
import io.imageprocessor.postgres.database.Database;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The contract of a backlog, with a database that only counts saved images. */
class SharedBacklogContractTest extends BacklogContract {

    private final AtomicLong saved = new AtomicLong();
    private final AtomicLong now = new AtomicLong();
    private volatile boolean stopping;

    private final JdbcTemplate jdbc = new JdbcTemplate() {
        @Override
        public <T> @Nullable T queryForObject(String sql, Class<T> type) {
            return type.cast(saved.get());
        }
    };

    /** Each reservation comes a second after the last one, so that the database is read every time. */
    private final SharedBacklog backlog = new SharedBacklog(
            new Database(jdbc, new TransactionTemplate(new JdbcTransactionManager())),
            LIMIT,
            () -> stopping,
            () -> now.addAndGet(Duration.ofSeconds(1).toNanos()));

    @Override
    protected Backlog backlog() {
        return backlog;
    }

    @Override
    protected void save(int images) {
        saved.addAndGet(images);
    }

    @Override
    protected void stop() {
        stopping = true;
    }
}
