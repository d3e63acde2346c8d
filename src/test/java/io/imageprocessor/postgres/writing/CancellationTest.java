package io.imageprocessor.postgres.writing;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.job.FailedStore;
import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobReport;
import io.imageprocessor.job.Jobs;
import io.imageprocessor.job.TestClock;
import io.imageprocessor.postgres.StoredJobs;
import io.imageprocessor.postgres.TestDatabase;
import io.imageprocessor.postgres.TestReplica;
import io.imageprocessor.postgres.reading.RetentionCutoff;
import java.util.List;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class CancellationTest {

    private final TestClock clock = new TestClock(Jobs.SUBMITTED_AT);
    private final DataSource source = TestDatabase.dataSource();

    @Test
    void doesNotCountJobThatIsBeingDeleted() {
        Job job = Jobs.job(1).visit("S1", "http://a/0").build();
        try (TestReplica replica = new TestReplica(source, clock)) {
            replica.store.save(job, () -> {});
            replica.store.cancel(job.id());
            replica.jdbc().execute("UPDATE job SET finished_at = '-infinity'");

            new Cancellation(replica.database, new RetentionCutoff(TestReplica.SETTINGS, clock), clock)
                    .countByStore(job.id());

            assertThat(replica.jdbc().queryForObject("SELECT settled FROM job", Boolean.class))
                    .isFalse();
        }
    }

    @Test
    void returnsTheSameReportToConcurrentRequestsAfterTheCancellingReplicaStopped() {
        Job job = Jobs.job(1)
                .visit("S1", "http://a/0", "http://a/1")
                .visit("S2", "http://a/2")
                .build();
        try (TestReplica gone = new TestReplica(source, clock)) {
            gone.store.save(job, () -> {});
            assertThat(gone.store.cancel(job.id())).isTrue();
        }
        try (TestReplica one = new TestReplica(source, clock);
                TestReplica other = new TestReplica(source, clock)) {
            List<JobReport> reports = IntStream.range(0, 20)
                    .parallel()
                    .mapToObj(i -> (i % 2 == 0 ? one : other).queries.report(job.id()))
                    .map(report -> report.orElseThrow())
                    .distinct()
                    .toList();

            assertThat(reports).hasSize(1);
            assertThat(reports.getFirst().failedStores())
                    .containsExactly(
                            new FailedStore("S1", FailureCode.CANCELLED, "the job was cancelled", 0, 2, 2),
                            new FailedStore("S2", FailureCode.CANCELLED, "the job was cancelled", 0, 1, 1));
            // Counting by store changes nothing in the status.
            assertThat(reports.getFirst().status())
                    .isEqualTo(one.queries.status(job.id()).orElseThrow());
        }
        StoredJobs.check(source);
    }
}
