package io.imageprocessor.work;

import io.imageprocessor.job.ImageTask;
import io.opentelemetry.api.trace.Tracer;
import lombok.RequiredArgsConstructor;
import org.jspecify.annotations.Nullable;

/** Gives images their leave to be worked on, and those that are traced one that tells of it. Thread-safe. */
@RequiredArgsConstructor
final class ImageTraces {

    /** Traces nothing. */
    static final ImageTraces OFF = new ImageTraces(null);

    private final @Nullable Tracer tracer;

    Passage newPassage(FairJobQueue queue, HostLine line, ImageTask task) {
        JobTrace trace = line.batch.trace;
        // Without traces no job has one, save for those that a replica with traces has taken.
        return trace != null && tracer != null && trace.has(task.index())
                ? TracedPassage.of(queue, line, task, trace, tracer)
                : new Passage(queue, line, task);
    }
}
