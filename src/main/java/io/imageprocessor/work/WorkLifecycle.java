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
 * Lets the work end well when the service is stopped. It is the first to stop, before the web server: submissions are
 * refused, images under way finish within {@code spring.lifecycle.timeout-per-shutdown-phase}, and status calls are
 * answered meanwhile.
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

    /** After the grace period, and before the executor interrupts what is still running. */
    @PreDestroy
    void tellWhatIsLeft() {
        try {
            UnfinishedWork left = queries.unfinished();
            log.info("stopped; unfinished: {} jobs, {} images", left.jobs(), left.images());
        } catch (StorageUnavailableException e) {
            log.info("stopped; what is unfinished cannot be told, since the storage of jobs does not answer");
        }
    }
}
