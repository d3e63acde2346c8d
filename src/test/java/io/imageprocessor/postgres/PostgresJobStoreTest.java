package io.imageprocessor.postgres;

import static java.util.Objects.requireNonNull;

import io.imageprocessor.job.IdempotencyKeysContract;
import io.imageprocessor.job.JobQueriesContract;
import io.imageprocessor.job.JobStoreContract;
import io.imageprocessor.job.Storage;
import io.imageprocessor.job.TestClock;
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
    class StoreContract extends JobStoreContract {

        @Override
        protected Storage newStorage() {
            return postgres(clock);
        }
    }

    @Nested
    class QueriesContract extends JobQueriesContract {

        @Override
        protected Storage newStorage() {
            return postgres(clock);
        }
    }

    @Nested
    class KeysContract extends IdempotencyKeysContract {

        @Override
        protected Storage newStorage() {
            return postgres(clock);
        }
    }
}
