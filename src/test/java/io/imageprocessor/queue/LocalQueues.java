package io.imageprocessor.queue;

import io.imageprocessor.job.ImageTask;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The queue of a replica, for tests of those who fill it. */
public final class LocalQueues {

    private LocalQueues() {}

    /**
     * A queue that starts images on threads of their own.
     *
     * @param ahead how many downloads at once
     * @param download false if the image is not to be worked on
     * @param record is called when another download may begin
     */
    public static FairJobQueue of(int ahead, Predicate<ImageTask> download, Consumer<ImageTask> record) {
        return new FairJobQueue(
                new QueueLimits(Integer.MAX_VALUE, ahead, ahead, ahead),
                new ExecutionRunner(
                        passage -> {
                            if (download.test(passage.task())) {
                                passage.downloaded();
                                passage.admitted();
                                record.accept(passage.task());
                            }
                        },
                        Executors.newVirtualThreadPerTaskExecutor(),
                        (delay, action) -> CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS)
                                .execute(action),
                        System::nanoTime),
                ExecutionFactory.OFF);
    }

    /** Starts nothing more, as when the service stops. */
    public static void close(FairJobQueue queue) {
        queue.close(() -> {});
    }

    /** The host that the image is downloaded from. */
    public static String hostOf(ImageExecution execution) {
        return execution.line.host.name;
    }

    public static boolean holdsHostPermit(ImageExecution execution) {
        return execution.onHost;
    }

    public static boolean holdsDownloadPermit(ImageExecution execution) {
        return execution.ahead;
    }
}
