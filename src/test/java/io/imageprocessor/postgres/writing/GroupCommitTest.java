package io.imageprocessor.postgres.writing;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.imageprocessor.LogLines;
import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.ImageFilter;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobConflictException;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobState;
import io.imageprocessor.job.JobStatus;
import io.imageprocessor.job.Jobs;
import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.job.TestClock;
import io.imageprocessor.postgres.StoredJobs;
import io.imageprocessor.postgres.TestDatabase;
import io.imageprocessor.postgres.TestReplica;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.DefaultTransactionStatus;

/** Images are counted exactly in spite of concurrent replicas, cancellations and lost commit answers. */
@Timeout(60)
class GroupCommitTest {

    private static final ImageResult SUCCEEDED = new ImageResult.Succeeded(640, 480, "jpeg", 10_000, 1, 20, 250);
    private static final ImageResult FAILED =
            new ImageResult.Failed(FailureCode.TIMEOUT, "no answer in time", 3, 30_000);

    private final TestClock clock = new TestClock(Jobs.SUBMITTED_AT);
    private final DataSource source = TestDatabase.dataSource();
    private final List<TestReplica> replicas = new ArrayList<>();

    @AfterEach
    void check() {
        replicas.forEach(TestReplica::close);
        StoredJobs.check(source);
    }

    @Test
    void countsEachImageOnceWhenReplicasAndCancellationsRace() {
        List<TestReplica> racing = List.of(replica(), replica());
        List<Job> jobs = new ArrayList<>();
        for (int id = 1; id <= 6; id++) {
            jobs.add(saved(id, 300));
        }
        try (var workers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (TestReplica replica : racing) {
                // In a different order per replica, so that each is first with some images.
                List<Runnable> steps = new ArrayList<>();
                for (Job job : jobs) {
                    for (int image = 0; image < job.imageCount(); image++) {
                        steps.add(work(replica, job.id(), image));
                    }
                }
                Collections.shuffle(steps, new Random(racing.indexOf(replica)));
                for (Job job : jobs.subList(0, 3)) {
                    steps.add(steps.size() / 2, () -> cancel(replica, job.id()));
                }
                steps.forEach(workers::execute);
            }
        }

        StoredJobs.check(source);
        for (Job job : jobs) {
            JobStatus status = racing.getFirst().queries.status(job.id()).orElseThrow();
            assertThat(status.state()).isNotEqualTo(JobState.ONGOING);
            assertThat(racing.getFirst().queries.report(job.id())).isPresent();
        }
    }

    private static Runnable work(TestReplica replica, JobId job, int image) {
        return () -> {
            if (replica.store.start(job, image)) {
                replica.store.record(job, image, image % 3 == 0 ? FAILED : SUCCEEDED);
            } else {
                replica.store.record(job, image, image % 3 == 0 ? SUCCEEDED : FAILED);
            }
        };
    }

    private static void cancel(TestReplica replica, JobId job) {
        try {
            replica.store.cancel(job);
        } catch (JobConflictException e) {
            // The job finished first.
        }
    }

    @Test
    void countsRepeatedChangesOnceAfterCommitOfUnknownOutcome() {
        LostAnswers answers = new LostAnswers(source);
        TestReplica replica = new TestReplica(source, clock, pool -> {
            answers.setDataSource(pool);
            return answers;
        });
        replicas.add(replica);
        Job job = saved(1, 3);

        answers.loseNext();
        // A start that the repeated transaction finds already written must still count as started.
        assertThat(replica.store.start(job.id(), 0)).isTrue();
        assertThat(replica.store.start(job.id(), 0)).isFalse();
        answers.loseNext();
        replica.store.record(job.id(), 0, FAILED);

        JobStatus status = replica.queries.status(job.id()).orElseThrow();
        assertThat(status.counts().failed()).isEqualTo(1);
        assertThat(status.counts().pending()).isEqualTo(2);
        assertThat(answers.lost()).isEqualTo(2);
    }

    @Test
    void recordsInternalErrorOnlyForImageWhoseResultCannotBeWritten() {
        TestReplica replica = replica();
        Job job = saved(1, 50);
        List<CompletableFuture<@Nullable ImageChange>> outcomes = new ArrayList<>();
        for (int image = 0; image < 50; image++) {
            outcomes.add(
                    replica.commits.record(job.id(), image, image == 20 ? ImageResult.Cancelled.INSTANCE : SUCCEEDED));
        }

        ImageResult internalError =
                new ImageResult.Failed(FailureCode.INTERNAL_ERROR, "the service could not store the result", 0, 0);
        for (int image = 0; image < 50; image++) {
            assertThat(outcomes.get(image).join())
                    .isNotNull()
                    .extracting(ImageChange::result)
                    .isEqualTo(image == 20 ? internalError : SUCCEEDED);
        }
        JobStatus status = replica.queries.status(job.id()).orElseThrow();
        assertThat(status.state()).isEqualTo(JobState.FAILED);
        assertThat(status.counts().succeeded()).isEqualTo(49);
        assertThat(replica.queries.images(job.id(), ImageFilter.FAILED, 0, 50).orElseThrow())
                .singleElement()
                .satisfies(image -> {
                    assertThat(image.index()).isEqualTo(20);
                    assertThat(image.result()).contains(internalError);
                });
    }

    @Test
    void logsResultsThatCannotBeWrittenOnce() {
        TestReplica replica = replica();
        Job job = saved(1, 100);

        try (LogLines log = new LogLines(Level.INFO)) {
            IntStream.range(0, 100)
                    .mapToObj(image -> replica.commits.record(job.id(), image, ImageResult.Cancelled.INSTANCE))
                    .toList()
                    .forEach(CompletableFuture::join);

            assertThat(log.of(job.id().toString()))
                    .filteredOn(line -> line.getLevel() == Level.ERROR)
                    .singleElement()
                    .satisfies(line -> assertThat(line.getThrowableProxy()).isNotNull())
                    .returns("writing image 0 of job 1 failed", ILoggingEvent::getFormattedMessage);
        }
    }

    @Test
    void recordsNothingInPlaceOfResultAfterTemporaryFailure() {
        TestReplica replica = replica();
        Job job = saved(1, 2);
        replica.jdbc().execute("ALTER TABLE image_result RENAME COLUMN width TO hidden");

        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> replica.store.record(job.id(), 0, SUCCEEDED))
                .withCauseInstanceOf(DataAccessException.class);
        replica.jdbc().execute("ALTER TABLE image_result RENAME COLUMN hidden TO width");

        assertThat(replica.store.record(job.id(), 0, SUCCEEDED)).isEqualTo(SUCCEEDED);
        assertThat(replica.store.record(job.id(), 1, SUCCEEDED)).isEqualTo(SUCCEEDED);
        assertThat(replica.queries.status(job.id()).orElseThrow().state()).isEqualTo(JobState.COMPLETED);
    }

    @Test
    void writesWaitingChangesAtCloseAndRejectsLaterOnes() throws Exception {
        TestReplica replica = replica();
        Job job = saved(1, 100);
        CountDownLatch submitted = new CountDownLatch(1);
        List<CompletableFuture<@Nullable ImageChange>> outcomes = new ArrayList<>();
        Thread.ofVirtual().start(() -> {
            IntStream.range(0, 100).forEach(image -> outcomes.add(replica.commits.record(job.id(), image, SUCCEEDED)));
            submitted.countDown();
        });
        assertThat(submitted.await(10, SECONDS)).isTrue();

        replica.commits.close();

        assertThat(outcomes).allSatisfy(outcome -> assertThat(outcome).isCompletedWithValueMatching(Objects::nonNull));
        assertThat(replica.queries.status(job.id()).orElseThrow().state()).isEqualTo(JobState.COMPLETED);
        assertThatExceptionOfType(StorageUnavailableException.class).isThrownBy(() -> replica.store.start(job.id(), 0));
    }

    private TestReplica replica() {
        TestReplica replica = new TestReplica(source, clock);
        replicas.add(replica);
        return replica;
    }

    /** Saves a job with a visit of 20 images and another of the rest. */
    private Job saved(long id, int images) {
        List<String> urls =
                IntStream.range(0, images).mapToObj(i -> "http://a/" + i).toList();
        int first = Math.min(20, images - 1);
        Job job = Jobs.job(id)
                .visit("S1", urls.subList(0, first))
                .visit("S2", urls.subList(first, images))
                .build();
        replica().store.save(job, _ -> {});
        return job;
    }

    /** Commits, and then fails as if the connection had been lost before the answer arrived. */
    private static final class LostAnswers extends JdbcTransactionManager {

        private static final long serialVersionUID = 1L;

        private final AtomicBoolean losing = new AtomicBoolean();
        private int lost;

        LostAnswers(DataSource source) {
            super(source);
        }

        void loseNext() {
            losing.set(true);
        }

        int lost() {
            return lost;
        }

        @Override
        protected void doCommit(DefaultTransactionStatus status) {
            super.doCommit(status);
            if (losing.compareAndSet(true, false)) {
                lost++;
                throw new TransactionSystemException(
                        "expected by this test", new SQLException("connection reset", "08006"));
            }
        }
    }
}
