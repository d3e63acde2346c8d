package io.imageprocessor.queue;

import io.imageprocessor.job.ImageTask;
import io.opentelemetry.api.trace.Tracer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Builds queues for tests of other modules, and shows them what executions hold. */
public final class LocalQueues {

    private final ImageWork work;
    private QueueLimits limits = new QueueLimits(Integer.MAX_VALUE, 10, 10, 10);
    private Executor executor = Executors.newVirtualThreadPerTaskExecutor();
    private Dispatcher.Timer timer = LocalQueues::runLater;
    private LongSupplier nanoTime = System::nanoTime;
    private @Nullable Tracer tracer;

    private LocalQueues(ImageWork work) {
        this.work = work;
    }

    /** A queue that starts images on virtual threads, without a limit of waiting images. */
    public static LocalQueues queueFor(ImageWork work) {
        return new LocalQueues(work);
    }

    public LocalQueues limits(int maxWaiting, int maxInFlight, int perNewHost, int perHost) {
        limits = new QueueLimits(maxWaiting, maxInFlight, perNewHost, perHost);
        return this;
    }

    public LocalQueues executor(Executor images) {
        executor = images;
        return this;
    }

    public LocalQueues timer(BiConsumer<Duration, Runnable> retries) {
        timer = retries::accept;
        return this;
    }

    public LocalQueues nanoTime(LongSupplier now) {
        nanoTime = now;
        return this;
    }

    public LocalQueues tracer(Tracer spans) {
        tracer = spans;
        return this;
    }

    public FairJobQueue build() {
        return new FairJobQueue(limits, new ExecutionFactory(work, tracer), new Dispatcher(executor, timer, nanoTime));
    }

    private static void runLater(Duration delay, Runnable action) {
        CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS)
                .execute(action);
    }

    /**
     * A queue that starts images on threads of their own.
     *
     * @param maxInFlight limit of concurrent downloads
     * @param download returns false if the image is not processed
     * @param record is called when the image has released its permits
     */
    public static FairJobQueue of(int maxInFlight, Predicate<ImageTask> download, Consumer<ImageTask> record) {
        return queueFor(execution -> {
                    if (download.test(execution.task())) {
                        execution.downloaded();
                        execution.gpuAcquired();
                        record.accept(execution.task());
                    }
                })
                .limits(Integer.MAX_VALUE, maxInFlight, maxInFlight, maxInFlight)
                .build();
    }

    /** Starts nothing more, as when the service stops. */
    public static void close(FairJobQueue queue) {
        queue.close(() -> {});
    }

    /** Whether no image waits or runs. */
    public static boolean isEmpty(FairJobQueue queue) {
        return queue.isEmpty();
    }

    /** The host that the image is downloaded from. */
    public static String hostOf(ImageExecution execution) {
        return execution.hostQueue.host.name;
    }

    public static boolean holdsHostPermit(ImageExecution execution) {
        return execution.holdsHostPermit;
    }

    public static boolean holdsDownloadPermit(ImageExecution execution) {
        return execution.holdsDownloadPermit;
    }
}
