package io.imageprocessor.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.Heap;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.Jobs;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A host that is down: all images of a job fail, and wait for their retry. */
class RetryMemoryTest {

    private static final int IMAGES = 1_000_000;
    private static final int MAX_BYTES_PER_IMAGE = 16;
    private static final Duration FAILURE_TAKES = Duration.ofNanos(10_000);

    private final Deque<Runnable> executor = new ArrayDeque<>();
    private final Deque<Runnable> timer = new ArrayDeque<>();
    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger tried = new AtomicInteger();
    private final AtomicInteger retried = new AtomicInteger();

    /** The median of three, because services of other tests share the heap, and may release a job at any moment. */
    @Test
    void anImageThatWaitsForItsRetryTakesFewBytes() {
        long[] bytesPerImage = LongStream.generate(this::bytesPerWaitingImage)
                .limit(3)
                .sorted()
                .toArray();

        assertThat(bytesPerImage[1]).isBetween(4L, (long) MAX_BYTES_PER_IMAGE);
    }

    private long bytesPerWaitingImage() {
        tried.set(0);
        retried.set(0);
        FairJobQueue queue = queue();
        enqueue(queue, job());
        long before = Heap.used();

        runAll(executor);
        long bytes = Heap.used() - before;

        assertThat(tried).hasValue(IMAGES);
        assertThat(timer).hasSizeLessThan(200);
        runAll(timer);
        runAll(executor);
        assertThat(retried).hasValue(IMAGES);
        assertThat(queue.isEmpty()).isTrue();
        return bytes / IMAGES;
    }

    @Test
    void nothingIsLeftOfACancelledJobThatWaitedForRetries() {
        FairJobQueue queue = queue();
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
        queue.enqueue(job);
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
