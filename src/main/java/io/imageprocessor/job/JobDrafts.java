package io.imageprocessor.job;

import io.imageprocessor.stores.StoreMaster;
import io.imageprocessor.stores.StoreRegistry;
import lombok.RequiredArgsConstructor;
import org.springframework.stereotype.Component;

/** Creates drafts of jobs. Thread-safe. */
@Component
@RequiredArgsConstructor
class JobDrafts {

    private final StoreMaster stores;
    private final JobQueue queue;
    private final JobSettings settings;
    private final HeapBudget budget;
    private final HeapCosts costs;

    /** Returns an empty draft, which looks up stores in the current store master. */
    JobDraft newDraft() {
        StoreRegistry current = stores.current();
        return new JobDraft(
                current,
                new Reservation(queue.backlog()),
                new JobWeigher(costs, budget.newReservation(), current.size()),
                settings.maxImagesPerJob());
    }
}
