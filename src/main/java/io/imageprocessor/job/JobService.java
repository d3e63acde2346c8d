package io.imageprocessor.job;

import io.imageprocessor.store.StoreRegistry;
import java.time.Clock;
import java.util.Optional;
import lombok.RequiredArgsConstructor;
import org.springframework.stereotype.Service;

/** The door of the room: jobs are drafted, submitted and asked for here. Thread-safe. */
@Service
@RequiredArgsConstructor
public class JobService {

    private final StoreRegistry stores;
    private final JobRepository repository;
    private final JobQueue queue;
    private final JobSettings settings;
    private final Clock clock;

    /** An empty draft, to be filled, submitted and closed. */
    public JobDraft draft() {
        return new JobDraft(stores, queue, settings.maxImagesPerJob());
    }

    /** Accepts the whole job and queues it. The work is done by others, later. */
    public JobId submit(JobDraft draft) {
        Job job = draft.complete(repository.nextId(), clock.instant());
        repository.save(job);
        queue.enqueue(job);
        return job.id();
    }

    /** Where the job stands, or empty if it is unknown. */
    public Optional<JobStatus> status(JobId id) {
        return repository.status(id);
    }
}
