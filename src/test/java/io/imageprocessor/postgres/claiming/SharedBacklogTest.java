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

    private static final int PLACES = 10;

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
    private final SharedBacklog room = new SharedBacklog(
            new Database(jdbc, new TransactionTemplate(new JdbcTransactionManager())), PLACES, () -> false, now::get);

    @Test
    void countsOnceForAHundredRefusals() {
        pending = () -> 10L;

        for (int i = 0; i < 100; i++) {
            assertRefused(1);
        }

        assertThat(counts).hasValue(1);
    }

    @Test
    void takesWorkAgainATenthOfASecondAfterRoomWasMade() {
        pending = () -> 10L;
        assertRefused(1);
        pending = () -> 4L;
        pass(Duration.ofMillis(99));
        assertRefused(1);

        pass(Duration.ofMillis(1));
        room.reserve(6);

        assertRefused(1);
        assertThat(counts).hasValue(2);
    }

    @Test
    void countsOnceASecondWhileThereIsRoom() {
        room.reserve(1);
        pass(Duration.ofMillis(999));
        room.reserve(1);
        assertThat(counts).hasValue(1);

        pass(Duration.ofMillis(1));
        room.reserve(1);
        assertThat(counts).hasValue(2);
    }

    @Test
    void refusesNobodyByACountThatIsOldWhileAnotherCounts() {
        pending = () -> 10L;
        assertRefused(1);
        pass(Duration.ofMinutes(1));

        pending = () -> {
            pending = () -> 0L;
            room.reserve(1);
            return 0L;
        };
        room.reserve(1);

        assertThat(counts).hasValue(3);
    }

    @Test
    void refusesNobodyByACountThatIsOldWhenTheLastOneFailed() {
        pending = () -> 10L;
        assertRefused(1);
        pass(Duration.ofMinutes(1));
        pending = () -> {
            throw new QueryTimeoutException("expected by this test");
        };
        assertThatExceptionOfType(StorageUnavailableException.class).isThrownBy(() -> room.reserve(1));

        pending = () -> 0L;
        room.reserve(1);
    }

    private void assertRefused(int images) {
        assertThatExceptionOfType(SubmissionRejectedException.class)
                .isThrownBy(() -> room.reserve(images))
                .withMessageContaining("as many waiting images as it may (" + PLACES + ")");
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }
}
