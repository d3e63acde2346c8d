package io.imageprocessor.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.Heap;
import io.imageprocessor.OwnProcess;
import io.imageprocessor.job.HeapBudget;
import io.imageprocessor.job.IdempotencyKey;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.JobDraft;
import io.imageprocessor.job.JobFilter;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobService;
import io.imageprocessor.job.JobSettings;
import io.imageprocessor.job.JobStatus;
import io.imageprocessor.job.Jobs;
import io.imageprocessor.job.Storage;
import io.imageprocessor.memory.InMemoryStorage;
import io.imageprocessor.queue.FairJobQueue;
import io.imageprocessor.queue.ImageExecution;
import io.imageprocessor.queue.LocalQueues;
import io.imageprocessor.stores.StoreMaster;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** The estimate of a job's heap is between 90 % and 150 % of what its objects take. */
@OwnProcess
class HeapCostsTest {

    private static final int IMAGES = 300_000;
    private static final long HEAP_BUDGET = Long.MAX_VALUE / 2;

    private final HeapBudget budget = new HeapBudget(HEAP_BUDGET);
    private final JobSettings settings = new JobSettings(1_000_000, 10_000_000, Duration.ofDays(1), Integer.MAX_VALUE);
    private final Storage storage = InMemoryStorage.of(settings, budget, Clock.systemUTC());
    private final Deque<ImageExecution> started = new ArrayDeque<>();
    private final List<Runnable> retries = new ArrayList<>();
    private final FairJobQueue queue = LocalQueues.queueFor(this::work)
            .executor(execution -> started.add((ImageExecution) execution))
            .timer((_, action) -> retries.add(action))
            .build();
    private final JobService jobs =
            Jobs.service(new StoreMaster(() -> Jobs.STORES), storage, queue, settings, Clock.systemUTC(), budget);

    private boolean fails;
    private final long before = Heap.used();

    private void work(ImageExecution execution) {
        JobId id = execution.task().jobId();
        int index = execution.task().index();
        storage.store().start(id, index);
        if (fails && execution.task().attempt() == 1) {
            execution.retryAfter(Duration.ofSeconds(1 + index % 10), 1);
        } else {
            storage.store().record(id, index, new ImageResult.Succeeded(index, 480, "jpeg", 10_000, 1, 20, 250));
        }
    }

    @Test
    void plainImages() {
        submit(IMAGES / 20, 20, "S1", index -> "http://photos.example/shelf/%012d.jpg".formatted(index));

        // Its results and retries are reserved already.
        check("waiting", 0.9, 2.2);
        run();
        check("finished", 0.9, 1.5);
    }

    @Test
    void plainImagesThatAreRetried() {
        fails = true;
        submit(IMAGES / 20, 20, "S1", index -> "http://photos.example/shelf/%012d.jpg".formatted(index));

        run();
        // The serial collector leaves no gaps between objects; the estimate must hold for G1 too.
        check("waiting for retries", 0.9, 1.7);
        List.copyOf(retries).forEach(Runnable::run);
        run();
        check("finished", 0.9, 1.5);
    }

    @Test
    void longUrls() {
        submit(1, 2_000, "S1", index -> ("http://photos.example/" + index).concat("x".repeat(9_970)));

        check("waiting", 0.9, 1.5);
        run();
        check("finished", 0.9, 1.5);
    }

    @Test
    void unknownStores() {
        submit(50_000, 1, "x".repeat(249), index -> "http://photos.example/" + index);

        storage.queries().report(newest());
        check("with failed stores", 0.9, 1.5);
    }

    @Test
    void imagesOfDifferentHosts() {
        submit(1, 100_000, "S1", index -> "http://photos" + index + ".example/");

        check("waiting", 0.9, 1.5);
    }

    @Test
    void smallJobsWithLongTexts() {
        for (int i = 0; i < 20_000; i++) {
            try (JobDraft draft = jobs.draft()) {
                draft.label("%0255d".formatted(i));
                draft.addImage("http://photos.example/" + i);
                draft.endVisit("S1", Jobs.VISITED_AT);
                draft.key(new IdempotencyKey("%0255d".formatted(i), "f".repeat(60) + i % 10_000));
                jobs.submit(draft);
            }
        }

        check("waiting", 0.9, 1.5);
        run();
        check("finished", 0.9, 1.5);
    }

    @Test
    void smallJobs() {
        for (int i = 0; i < 20_000; i++) {
            submit(1, 1, "S1", index -> "http://photos.example/" + index);
        }

        check("waiting", 0.9, 1.5);
        run();
        check("finished", 0.9, 1.5);
    }

    private void submit(int visits, int imagesPerVisit, String store, IntFunction<String> url) {
        try (JobDraft draft = jobs.draft()) {
            for (int visit = 0; visit < visits; visit++) {
                for (int i = 0; i < imagesPerVisit; i++) {
                    draft.addImage(url.apply(visit * imagesPerVisit + i));
                }
                draft.endVisit(store.length() == 249 ? store + "%06d".formatted(visit) : store, Jobs.VISITED_AT);
            }
            jobs.submit(draft);
        }
    }

    private JobId newest() {
        return storage.queries().jobs(JobFilter.ANY, null, 1).stream()
                .map(JobStatus::id)
                .findFirst()
                .orElseThrow();
    }

    private void run() {
        for (ImageExecution next = started.poll(); next != null; next = started.poll()) {
            next.run();
        }
    }

    private void check(String phase, double least, double most) {
        long heap = Heap.used() - before;
        assertThat((double) budget.reserved() / heap)
                .as("estimate by heap, " + phase)
                .isBetween(least, most);
    }
}
