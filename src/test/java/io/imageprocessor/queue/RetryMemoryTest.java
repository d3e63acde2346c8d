package io.imageprocessor.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.Heap;
import io.imageprocessor.OwnProcess;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.Jobs;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A host that is down: all images of a job fail, and wait for their retry. */
@OwnProcess
class RetryMemoryTest {

    private static final int IMAGES = 300_000;
    private static final int MAX_BYTES_PER_IMAGE = 16;
    private static final Duration FAILURE_TAKES = Duration.ofNanos(10_000);

    private final Deque<Runnable> executor = new ArrayDeque<>();
    private final Deque<Runnable> timer = new ArrayDeque<>();
    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger tried = new AtomicInteger();
    private final AtomicInteger retried = new AtomicInteger();

    @Test
    void anImageThatWaitsForItsRetryTakesFewBytes() {
        FairJobQueue queue = queue();
        enqueue(queue, job());
        long before = Heap.used();

        runAll(executor);
        assertThat((Heap.used() - before) / IMAGES).isBetween(4L, (long) MAX_BYTES_PER_IMAGE);

        assertThat(tried).hasValue(IMAGES);
        assertThat(timer).hasSizeLessThan(200);
        runAll(timer);
        runAll(executor);
        assertThat(retried).hasValue(IMAGES);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void nothingIsLeftOfACancelledJobThatWaitedForRetries() {
        FairJobQueue queue = queue();
        // Whatever is made only once is made before memory is measured.
        JobId first = enqueue(queue, job());
        runAll(executor);
        queue.cancel(first);
        long before = Heap.used();
        JobId id = enqueue(queue, job());
        runAll(executor);
        assertThat(Heap.used() - before).isGreaterThan(IMAGES * 4L);

        queue.cancel(id);

        assertThat(Heap.used() - before).isLessThan(IMAGES);
        assertThat(queue.isEmpty()).isTrue();
        queue.backlog().reserve(IMAGES);
    }

    private FairJobQueue queue() {
        return new FairJobQueue(
                new QueueLimits(IMAGES, 256, 32, 224),
                new ExecutionFactory(this::failOnce, null),
                new Dispatcher(executor::addLast, (_, action) -> timer.addLast(action), now::get));
    }

    private static JobId enqueue(FairJobQueue queue, Job job) {
        queue.backlog().reserve(IMAGES);
        queue.enqueue(List.of(job));
        return job.id();
    }

    private static Job job() {
        return Jobs.job(1)
                .visit(
                        "S1",
                        () -> IntStream.range(0, IMAGES)
                                .mapToObj(i -> "http://photos.example/" + i)
                                .iterator())
                .build();
    }

    private void failOnce(ImageExecution execution) {
        if (execution.task().attempt() == 1) {
            now.addAndGet(FAILURE_TAKES.toNanos());
            tried.incrementAndGet();
            execution.retryAfter(Duration.ofSeconds(10), 1);
        } else {
            retried.incrementAndGet();
        }
    }

    private static void runAll(Deque<Runnable> actions) {
        for (Runnable action = actions.pollFirst(); action != null; action = actions.pollFirst()) {
            action.run();
        }
    }
}
