package io.imageprocessor.memory;

import io.imageprocessor.job.HeapBudget;
import io.imageprocessor.job.JobSettings;
import io.imageprocessor.job.Jobs;
import io.imageprocessor.job.Storage;
import java.time.Clock;

/** Creates the in-memory storage like the service does. */
public final class InMemoryStorage {

    private InMemoryStorage() {}

    public static Storage of(JobSettings settings, Clock clock) {
        return of(settings, Jobs.unlimitedHeap(), clock);
    }

    public static Storage of(JobSettings settings, HeapBudget budget, Clock clock) {
        return of(new RetainedJobs(settings, budget, clock), clock);
    }

    static Storage of(RetainedJobs jobs, Clock clock) {
        InMemoryIdempotencyKeys keys = new InMemoryIdempotencyKeys(Long.MAX_VALUE, clock);
        return new Storage(
                new InMemoryJobStore(jobs, keys, new JobIdSequence(clock), clock), new InMemoryJobQueries(jobs), keys);
    }
}
