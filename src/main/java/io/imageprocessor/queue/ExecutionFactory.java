package io.imageprocessor.queue;

import io.imageprocessor.job.ImageTask;
import io.opentelemetry.api.trace.Tracer;
import lombok.RequiredArgsConstructor;
import org.jspecify.annotations.Nullable;

/** Creates executions: for sampled images of traced jobs those that record spans. Thread-safe. */
@RequiredArgsConstructor
final class ExecutionFactory {

    private final ImageWork work;

    /** Null if tracing is off. */
    private final @Nullable Tracer tracer;

    /** @param queue receives the reports of the execution */
    ImageExecution create(FairJobQueue queue, HostQueue hostQueue, ImageTask task) {
        JobTrace trace = hostQueue.batch.trace;
        // A job can have a trace although tracing is off here: with PostgreSQL, another replica may have accepted it.
        return trace != null && tracer != null && trace.samples(task.index())
                ? TracedExecution.of(queue, work, hostQueue, task, tracer)
                : new ImageExecution(queue, work, hostQueue, task);
    }
}
