package io.imageprocessor.queue;

import io.imageprocessor.job.ImageTask;
import io.opentelemetry.api.trace.Tracer;
import lombok.RequiredArgsConstructor;
import org.jspecify.annotations.Nullable;

/** Gives images their leave to be worked on, and those that are traced one that tells of it. Thread-safe. */
@RequiredArgsConstructor
public final class ExecutionFactory {

    /** Traces nothing. */
    public static final ExecutionFactory OFF = new ExecutionFactory(null);

    private final @Nullable Tracer tracer;

    ImageExecution newPassage(FairJobQueue queue, HostQueue line, ImageTask task) {
        JobTrace trace = line.batch.trace;
        // Without traces no job has one, save for those that a replica with traces has taken.
        return trace != null && tracer != null && trace.has(task.index())
                ? TracedExecution.of(queue, line, task, trace, tracer)
                : new ImageExecution(queue, line, task);
    }
}
