package io.imageprocessor.postgres.claiming;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.boot.config.DbSchedulerStarter;
import com.github.kagkarlsson.scheduler.event.AbstractSchedulerListener;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import lombok.RequiredArgsConstructor;
import org.springframework.context.SmartLifecycle;

/**
 * Lets slices be claimed while the service runs. It is among the first to stop: nothing is claimed any more, and what
 * is held is handed back at once, so that other replicas go on with it while images under way here come to their end.
 */
@RequiredArgsConstructor
public final class ClaimingLifecycle implements SmartLifecycle, DbSchedulerStarter {

    private final Scheduler scheduler;
    private final SliceLeases held;
    private volatile boolean running;

    @Override
    public void doStart() {
        scheduler.registerSchedulerListener(new AbstractSchedulerListener() {
            @Override
            public void onExecutionComplete(ExecutionComplete complete) {
                // With its images, others may have run short.
                scheduler.triggerCheckForDueExecutions();
            }
        });
        scheduler.start();
    }

    @Override
    public void start() {
        doStart();
        running = true;
    }

    @Override
    public void stop(Runnable stopped) {
        running = false;
        held.close();
        Thread.ofPlatform().name("claims-stop").start(() -> {
            scheduler.stop();
            stopped.run();
        });
    }

    @Override
    public void stop() {
        running = false;
        held.close();
        scheduler.stop();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
