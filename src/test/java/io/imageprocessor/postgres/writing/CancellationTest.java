package io.imageprocessor.postgres.writing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.imageprocessor.job.FailedStore;
import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobQueries;
import io.imageprocessor.job.JobReport;
import io.imageprocessor.job.Jobs;
import io.imageprocessor.job.TestClock;
import io.imageprocessor.postgres.StoredJobs;
import io.imageprocessor.postgres.TestDatabase;
import io.imageprocessor.postgres.TestReplica;
import io.imageprocessor.postgres.reading.PostgresJobQueries;
import io.imageprocessor.postgres.reading.RetentionCutoff;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CancellationTest {

    private final TestClock clock = new TestClock(Jobs.SUBMITTED_AT);
    private final DataSource source = TestDatabase.dataSource();

    @Test
    void doesNotCountJobThatIsBeingDeleted() {
        Job job = Jobs.job(1).visit("S1", "http://a/0").build();
        try (TestReplica replica = new TestReplica(source, clock)) {
            replica.store.save(job, _ -> {});
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
            gone.store.save(job, _ -> {});
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

    @Test
    @Timeout(60)
    void waitsForTheCountOfAnotherRequestWithoutAConnection() throws InterruptedException {
        int requests = 40;
        Job job = Jobs.job(1).visit("S1", "http://a/0").build();
        try (TestReplica replica = new TestReplica(source, clock);
                TestReplica other = new TestReplica(source, clock)) {
            replica.store.save(job, _ -> {});
            replica.store.cancel(job.id());
            RetentionCutoff cutoff = new RetentionCutoff(TestReplica.SETTINGS, clock);
            Cancellation cancellation = new Cancellation(replica.database, cutoff, clock);
            CountDownLatch counting = new CountDownLatch(requests);
            JobQueries queries = new PostgresJobQueries(replica.database, cutoff, id -> {
                counting.countDown();
                cancellation.countByStore(id);
            });
            List<Thread> threads = other.database.inTransaction(jdbc -> {
                // The first count waits for this lock.
                jdbc.query("SELECT FROM job FOR NO KEY UPDATE", _ -> {});
                List<Thread> started = Stream.generate(() -> Thread.startVirtualThread(() -> queries.report(job.id())))
                        .limit(requests)
                        .toList();
                assertThat(catchThrowable(counting::await)).isNull();
                for (int i = 0; i < 20; i++) {
                    assertThat(queries.status(job.id())).isPresent();
                }
                return started;
            });
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(queries.report(job.id()).orElseThrow().failedStores()).hasSize(1);
        }
    }
}
