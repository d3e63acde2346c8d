package io.imageprocessor.postgres.reading;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.job.FailedStorePage;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.Jobs;
import io.imageprocessor.job.TestClock;
import io.imageprocessor.postgres.TestDatabase;
import io.imageprocessor.postgres.TestReplica;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JobReportQueriesTest {

    private final TestReplica replica = new TestReplica(TestDatabase.dataSource(), new TestClock(Jobs.SUBMITTED_AT));
    private final Job job = Jobs.job(1)
            .visit("unknown-1", "http://a/0")
            .visit("unknown-2", "http://a/1")
            .build();

    @BeforeEach
    void save() {
        replica.store.save(job, _ -> {});
    }

    @AfterEach
    void close() {
        replica.close();
    }

    @Test
    void countsTheFailedStoresOfAVersionOnce() {
        assertThat(failedStores()).isEqualTo(2);

        replica.jdbc().update("DELETE FROM job_store WHERE store_id = 'unknown-2'");
        assertThat(failedStores()).isEqualTo(2);

        replica.jdbc().update("UPDATE job SET version = version + 1");
        assertThat(failedStores()).isEqualTo(1);
    }

    @Test
    void distinguishesAnUnknownJobFromOneWithoutFailedStores() {
        Job other = Jobs.job(2).visit("S1", "http://a/0").build();
        replica.store.save(other, _ -> {});

        assertThat(replica.queries.failedStores(other.id(), 0, 10))
                .contains(new FailedStorePage(List.of(), OptionalInt.empty()));
        assertThat(replica.queries.failedStores(job.id(), 2, 10))
                .contains(new FailedStorePage(List.of(), OptionalInt.empty()));
        assertThat(replica.queries.failedStores(new JobId(3), 0, 10)).isEmpty();
    }

    private int failedStores() {
        return replica.queries.report(job.id()).orElseThrow().failedStoreCount();
    }
}
