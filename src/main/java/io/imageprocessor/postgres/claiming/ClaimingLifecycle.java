package io.imageprocessor.postgres.claiming;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.boot.config.DbSchedulerStarter;
import com.github.kagkarlsson.scheduler.event.AbstractSchedulerListener;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import lombok.RequiredArgsConstructor;
import org.springframework.context.SmartLifecycle;

/**
 * Starts and stops the claiming of slices. It is among the first components to stop: it claims no more and releases all
 * leases at once, so that other replicas continue while images in flight here finish. Thread-safe.
 */
@RequiredArgsConstructor
public final class ClaimingLifecycle implements SmartLifecycle, DbSchedulerStarter {

    private final Scheduler scheduler;
    private final SliceLeases leases;
    private final SmallJobs small;
    private volatile boolean running;

    @Override
    public void doStart() {
        scheduler.registerSchedulerListener(new AbstractSchedulerListener() {
            @Override
            public void onExecutionComplete(ExecutionComplete complete) {
                // The queue may be short of images now.
                scheduler.triggerCheckForDueExecutions();
            }
        });
        scheduler.start();
    }

    @Override
    public void start() {
        doStart();
        small.open();
        running = true;
    }

    @Override
    public void stop(Runnable callback) {
        running = false;
        leases.close();
        Thread.ofPlatform().name("claiming-stop").start(() -> {
            stopClaiming();
            callback.run();
        });
    }

    @Override
    public void stop() {
        running = false;
        leases.close();
        stopClaiming();
    }

    private void stopClaiming() {
        scheduler.stop();
        small.close();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
