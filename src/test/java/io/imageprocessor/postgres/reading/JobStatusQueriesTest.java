package io.imageprocessor.postgres.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.imageprocessor.job.Jobs;
import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.job.TestClock;
import io.imageprocessor.postgres.TestDatabase;
import io.imageprocessor.postgres.TestReplica;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class JobStatusQueriesTest {

    private static final String WARNING = "counting jobs timed out";

    private final DataSource source = TestDatabase.dataSource();
    private final TestClock clock = new TestClock(Jobs.SUBMITTED_AT);

    @Test
    @Timeout(60)
    void warnsOnceWhenCountingJobsTimesOut(CapturedOutput output) {
        try (TestReplica replica = new TestReplica(source, clock).onOneConnection();
                TestReplica other = new TestReplica(source, clock)) {
            replica.jdbc().execute("SET statement_timeout = '50ms'");

            assertTotalsTimeOut(replica, other);
            assertThat(output.getAll()).containsOnlyOnce(WARNING);

            assertThat(replica.queries.totals().images()).isZero();
            assertTotalsTimeOut(replica, other);
            assertThat(output.getAll())
                    .as("alternating successes and timeouts within a minute")
                    .containsOnlyOnce(WARNING);
        }
    }

    private static void assertTotalsTimeOut(TestReplica replica, TestReplica other) {
        other.database.inTransaction(jdbc -> {
            jdbc.execute("LOCK TABLE job IN ACCESS EXCLUSIVE MODE");
            for (int i = 0; i < 2; i++) {
                assertThatExceptionOfType(StorageUnavailableException.class).isThrownBy(replica.queries::totals);
            }
            return true;
        });
    }
}
