package io.imageprocessor.job;

import io.imageprocessor.stores.StoreMaster;
import lombok.RequiredArgsConstructor;
import org.springframework.stereotype.Component;

/** Creates drafts of jobs. Thread-safe. */
@Component
@RequiredArgsConstructor
class JobDrafts {

    private final StoreMaster stores;
    private final JobQueue queue;
    private final JobSettings settings;

    /** Returns an empty draft, which looks up stores in the current store master. */
    JobDraft newDraft() {
        return new JobDraft(stores.current(), new Reservation(queue.backlog()), settings.maxImagesPerJob());
    }
}
