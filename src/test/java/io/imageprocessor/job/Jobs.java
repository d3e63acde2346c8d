package io.imageprocessor.job;

import io.imageprocessor.stores.Store;
import io.imageprocessor.stores.StoreMaster;
import io.imageprocessor.stores.StoreRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/** Builds jobs for tests: {@code Jobs.job(7).visit("S1", "http://a/1.jpg").build()}. The stores S1 to S9 exist. */
public final class Jobs {

    public static final Instant SUBMITTED_AT = Instant.parse("2026-01-01T00:00:00Z");
    public static final Instant VISITED_AT = Instant.parse("2025-12-31T10:00:00Z");
    public static final StoreRegistry STORES = new StoreRegistry(java.util.stream.IntStream.rangeClosed(1, 9)
            .mapToObj(number -> new Store("S" + number, "Store " + number, "700" + number))
            .toList());

    private final JobId id;
    private final JobDraft draft = new JobDraft(
            STORES,
            new Reservation(unlimitedBacklog()),
            new JobWeigher(HeapCosts.MEMORY, unlimitedHeap().newReservation(), STORES.size()),
            Integer.MAX_VALUE);

    private Jobs(JobId id) {
        this.id = id;
    }

    public static Jobs job(long id) {
        return new Jobs(new JobId(id));
    }

    public Jobs visit(String storeId, String... urls) {
        return visit(storeId, List.of(urls));
    }

    public Jobs visit(String storeId, Iterable<String> urls) {
        return visitAt(VISITED_AT, storeId, urls);
    }

    public Jobs visitAt(Instant time, String storeId, Iterable<String> urls) {
        urls.forEach(draft::addImage);
        draft.endVisit(storeId, time);
        return this;
    }

    public Jobs label(String label) {
        draft.label(label);
        return this;
    }

    public Jobs key(IdempotencyKey key) {
        draft.key(key);
        return this;
    }

    public Jobs traceParent(String value) {
        draft.traceParent(new TraceParent(value));
        return this;
    }

    /** Sets the job whose failed images this job retries. */
    public Jobs retryOf(long failed) {
        draft.retryOf(new JobId(failed));
        return this;
    }

    public Job build() {
        return draft.complete(id, SUBMITTED_AT);
    }

    /** Returns a backlog that rejects nothing and counts nothing. */
    public static Backlog unlimitedBacklog() {
        return new Backlog() {
            @Override
            public void reserve(int images) {}

            @Override
            public void release(int images) {}

            @Override
            public void accepted(int images) {}
        };
    }

    /** Returns a budget that rejects nothing. */
    public static HeapBudget unlimitedHeap() {
        return new HeapBudget(Long.MAX_VALUE / 2);
    }

    /** Returns a service on this storage, with a fixed store master and unlimited memory. */
    public static JobService service(
            StoreMaster stores, Storage storage, JobQueue queue, JobSettings settings, Clock clock) {
        return service(stores, storage, queue, settings, clock, unlimitedHeap());
    }

    /** Returns a service on this storage, with a fixed store master. */
    public static JobService service(
            StoreMaster stores, Storage storage, JobQueue queue, JobSettings settings, Clock clock, HeapBudget budget) {
        JobDrafts drafts = new JobDrafts(stores, queue, settings, budget, HeapCosts.MEMORY);
        return new JobService(drafts, storage.store(), storage.queries(), queue, clock);
    }
}
