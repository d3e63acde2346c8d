package io.imageprocessor.work;

import io.imageprocessor.job.JobQueries;
import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.job.UnfinishedWork;
import io.imageprocessor.queue.FairJobQueue;
import jakarta.annotation.PreDestroy;
import lombok.RequiredArgsConstructor;
import lombok.extern.slf4j.Slf4j;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Stops the work when the service stops. It stops first, before the web server: submissions are rejected, running
 * images finish within {@code spring.lifecycle.timeout-per-shutdown-phase}, and status calls are answered meanwhile.
 */
@Slf4j
@Component
@RequiredArgsConstructor
class WorkLifecycle implements SmartLifecycle {

    private final FairJobQueue queue;
    private final JobQueries queries;
    private volatile boolean running;

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop(Runnable stopped) {
        running = false;
        queue.close(stopped);
    }

    @Override
    public void stop() {
        stop(() -> {});
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Runs after the grace period, and before the executor interrupts the images that still run. */
    @PreDestroy
    void logUnfinishedWork() {
        try {
            UnfinishedWork left = queries.unfinished();
            log.info("stopped; unfinished: {} jobs, {} images", left.jobs(), left.images());
        } catch (StorageUnavailableException e) {
            log.info("stopped; unfinished work unknown: storage unavailable");
        }
    }
}
