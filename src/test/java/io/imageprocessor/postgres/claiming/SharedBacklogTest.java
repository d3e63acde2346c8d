package io.imageprocessor.postgres.claiming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.job.SubmissionRejectedException;
import io.imageprocessor.postgres.database.Database;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class SharedBacklogTest {

    private static final int LIMIT = 10;

    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger counts = new AtomicInteger();
    private Supplier<Long> pending = () -> 0L;

    private final JdbcTemplate jdbc = new JdbcTemplate() {
        @Override
        public <T> @Nullable T queryForObject(String sql, Class<T> type) {
            counts.incrementAndGet();
            return type.cast(pending.get());
        }
    };
    private final SharedBacklog backlog = new SharedBacklog(
            new Database(jdbc, new TransactionTemplate(new JdbcTransactionManager())), LIMIT, () -> false, now::get);

    @Test
    void countsOnceForAHundredRejections() {
        pending = () -> 10L;

        for (int i = 0; i < 100; i++) {
            assertRejected(1);
        }

        assertThat(counts).hasValue(1);
    }

    @Test
    void acceptsATenthOfASecondAfterTheBacklogShrank() {
        pending = () -> 10L;
        assertRejected(1);
        pending = () -> 4L;
        pass(Duration.ofMillis(99));
        assertRejected(1);

        pass(Duration.ofMillis(1));
        backlog.reserve(6);

        assertRejected(1);
        assertThat(counts).hasValue(2);
    }

    @Test
    void countsOncePerSecondBelowTheLimit() {
        backlog.reserve(1);
        pass(Duration.ofMillis(999));
        backlog.reserve(1);
        assertThat(counts).hasValue(1);

        pass(Duration.ofMillis(1));
        backlog.reserve(1);
        assertThat(counts).hasValue(2);
    }

    @Test
    void doesNotRejectByAnOldCountWhileAnotherThreadCounts() {
        pending = () -> 10L;
        assertRejected(1);
        pass(Duration.ofMinutes(1));

        pending = () -> {
            pending = () -> 0L;
            backlog.reserve(1);
            return 0L;
        };
        backlog.reserve(1);

        assertThat(counts).hasValue(3);
    }

    @Test
    void doesNotRejectByAnOldCountAfterAFailedOne() {
        pending = () -> 10L;
        assertRejected(1);
        pass(Duration.ofMinutes(1));
        pending = () -> {
            throw new QueryTimeoutException("expected by this test");
        };
        assertThatExceptionOfType(StorageUnavailableException.class).isThrownBy(() -> backlog.reserve(1));

        pending = () -> 0L;
        backlog.reserve(1);
    }

    private void assertRejected(int images) {
        assertThatExceptionOfType(SubmissionRejectedException.class)
                .isThrownBy(() -> backlog.reserve(images))
                .withMessage("backlog limit of 10 images reached; try again later");
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }
}
