package io.imageprocessor.job;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;

/** A repository to be tested, and what is done with it over and over. */
public abstract class JobRepositoryFixture {

    protected static final ImageResult SUCCEEDED = new ImageResult.Succeeded(640, 480, "jpeg", 10_000, 1, 20, 250);
    protected static final ImageResult FAILED =
            new ImageResult.Failed(FailureCode.TIMEOUT, "no answer in time", 3, 30_000);

    protected final TestClock clock = new TestClock(Jobs.SUBMITTED_AT);
    protected JobRepository repository;

    /** A repository that takes its time from {@link #clock} and forgets a finished job after an hour. */
    protected abstract JobRepository newRepository();

    @BeforeEach
    public void makeRepository() {
        repository = newRepository();
    }

    protected Job saved(Jobs jobs) {
        Job job = jobs.build();
        repository.save(job, () -> {});
        return job;
    }

    protected void work(Job job, int index, ImageResult result) {
        repository.start(job.id(), index);
        repository.record(job.id(), index, result);
    }

    protected JobStatus status(Job job) {
        return repository.status(job.id()).orElseThrow();
    }

    protected JobReport report(Job job) {
        return repository.report(job.id()).orElseThrow();
    }

    protected List<JobImage> images(Job job, ImageFilter filter, int from, int limit) {
        return repository.images(job.id(), filter, from, limit).orElseThrow();
    }

    protected static List<String> urls(int images) {
        return IntStream.range(0, images).mapToObj(i -> "http://a/" + i).toList();
    }
}
