package io.imageprocessor.postgres;

import static java.util.Objects.requireNonNull;

import io.imageprocessor.job.CancelContract;
import io.imageprocessor.job.IdempotencyKeysContract;
import io.imageprocessor.job.JobListsContract;
import io.imageprocessor.job.JobStatesContract;
import io.imageprocessor.job.Storage;
import io.imageprocessor.job.TestClock;
import io.imageprocessor.job.VisitTotalsContract;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

/** The contracts of the storage ports, on PostgreSQL. */
class PostgresJobStoreTest {

    private final DataSource source = TestDatabase.dataSource();
    private @Nullable TestReplica replica;

    private Storage postgres(TestClock clock) {
        replica = new TestReplica(source, clock);
        return replica.storage;
    }

    @AfterEach
    void close() {
        requireNonNull(replica).close();
        StoredJobs.check(source);
    }

    @Nested
    class States extends JobStatesContract {

        @Override
        protected Storage newStorage() {
            return postgres(clock);
        }
    }

    @Nested
    class Cancel extends CancelContract {

        @Override
        protected Storage newStorage() {
            return postgres(clock);
        }
    }

    @Nested
    class Lists extends JobListsContract {

        @Override
        protected Storage newStorage() {
            return postgres(clock);
        }
    }

    @Nested
    class Totals extends VisitTotalsContract {

        @Override
        protected Storage newStorage() {
            return postgres(clock);
        }
    }

    @Nested
    class Keys extends IdempotencyKeysContract {

        @Override
        protected Storage newStorage() {
            return postgres(clock);
        }
    }
}
