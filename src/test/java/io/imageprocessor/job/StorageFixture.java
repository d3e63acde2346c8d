package io.imageprocessor.job;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;

/** Creates the storage under test, and has helper methods for its contracts. */
public abstract class StorageFixture {

    protected static final ImageResult SUCCEEDED = new ImageResult.Succeeded(640, 480, "jpeg", 10_000, 1, 20, 250);
    protected static final ImageResult FAILED =
            new ImageResult.Failed(FailureCode.TIMEOUT, "no answer in time", 3, 30_000);

    protected final TestClock clock = new TestClock(Jobs.SUBMITTED_AT);
    protected JobStore store;
    protected JobQueries queries;
    protected IdempotencyKeys keys;

    /** Returns an empty storage that uses {@link #clock} and retains a finished job for an hour. */
    protected abstract Storage newStorage();

    @BeforeEach
    public void createStorage() {
        Storage storage = newStorage();
        store = storage.store();
        queries = storage.queries();
        keys = storage.keys();
    }

    protected Job saved(Jobs jobs) {
        Job job = jobs.build();
        store.save(job, _ -> {});
        return job;
    }

    protected void work(Job job, int index, ImageResult result) {
        store.start(job.id(), index);
        store.record(job.id(), index, result);
    }

    protected JobStatus status(Job job) {
        return queries.status(job.id()).orElseThrow();
    }

    protected JobReport report(Job job) {
        return queries.report(job.id()).orElseThrow();
    }

    protected List<JobImage> images(Job job, ImageFilter filter, int from, int limit) {
        return queries.images(job.id(), filter, from, limit).orElseThrow();
    }

    protected static List<String> urls(int images) {
        return IntStream.range(0, images).mapToObj(i -> "http://a/" + i).toList();
    }
}
