package io.imageprocessor.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.job.IdempotencyKeysContract;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobQueriesContract;
import io.imageprocessor.job.JobSettings;
import io.imageprocessor.job.JobStoreContract;
import io.imageprocessor.job.Jobs;
import io.imageprocessor.job.Storage;
import io.imageprocessor.job.StorageFixture;
import io.imageprocessor.job.TestClock;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The contracts of the storage ports in memory, and the limits of the heap. */
class InMemoryJobStoreTest extends StorageFixture {

    private static final int MAX_RETAINED_IMAGES = 5_000;
    private static final JobSettings SETTINGS =
            new JobSettings(1_000_000, 1_000_000, Duration.ofHours(1), MAX_RETAINED_IMAGES);

    private final RetainedJobs jobs = new RetainedJobs(SETTINGS, Jobs.unlimitedHeap(), clock);

    @Override
    protected Storage newStorage() {
        return InMemoryStorage.of(jobs, clock);
    }

    private static Storage inMemory(TestClock clock) {
        return InMemoryStorage.of(SETTINGS, clock);
    }

    @Test
    void removesOldestFinishedJobsAboveTheImageLimit() {
        Job oldest = finished(1, 2_000);
        Job middle = finished(2, 1_900);
        Job ongoing = saved(Jobs.job(3).visit("S1", "http://a/0"));
        Job newest = finished(4, 3_000);

        assertThat(queries.status(oldest.id())).isEmpty();
        assertThat(queries.status(middle.id())).isPresent();
        assertThat(queries.status(ongoing.id())).isPresent();
        assertThat(queries.status(newest.id())).isPresent();
    }

    @Test
    void keepsTheLastFinishedJobOfAnySize() {
        Job first = finished(1, 10);
        Job large = finished(2, MAX_RETAINED_IMAGES + 1);

        assertThat(queries.status(first.id())).isEmpty();
        assertThat(queries.status(large.id())).isPresent();
    }

    @Test
    void countsMoreThanTheImagesOfSmallJobs() {
        Job first = finished(1, 1);
        for (int id = 2; id <= MAX_RETAINED_IMAGES / 5; id++) {
            finished(id, 1);
        }
        assertThat(queries.status(first.id())).isPresent();

        finished(MAX_RETAINED_IMAGES, 1);

        assertThat(queries.status(first.id())).isEmpty();
    }

    @Test
    void countsLongUrlsAsSeveralImages() {
        String longUrl = "http://a/" + "x".repeat(9_000);
        Job first = saved(Jobs.job(1).visit("S1", longUrl));
        work(first, 0, SUCCEEDED);
        for (int id = 2; id <= 130; id++) {
            work(saved(Jobs.job(id).visit("S1", longUrl)), 0, SUCCEEDED);
        }

        assertThat(queries.status(first.id())).isEmpty();
    }

    @Test
    void removesExpiredJobsThatNobodyReads() {
        Job job = finished(1, 10);
        clock.advance(Duration.ofHours(1));

        jobs.removeExpired();

        clock.advance(Duration.ofHours(-1));
        assertThat(queries.status(job.id())).isEmpty();
    }

    private Job finished(long id, int images) {
        Job job = saved(Jobs.job(id)
                .visit(
                        "S1",
                        IntStream.range(0, images)
                                .mapToObj(i -> "http://a/" + i)
                                .toList()));
        IntStream.range(0, images).forEach(index -> work(job, index, SUCCEEDED));
        return job;
    }

    @Nested
    class StoreContract extends JobStoreContract {

        @Override
        protected Storage newStorage() {
            return inMemory(clock);
        }
    }

    @Nested
    class QueriesContract extends JobQueriesContract {

        @Override
        protected Storage newStorage() {
            return inMemory(clock);
        }
    }

    @Nested
    class KeysContract extends IdempotencyKeysContract {

        @Override
        protected Storage newStorage() {
            return inMemory(clock);
        }
    }
}
