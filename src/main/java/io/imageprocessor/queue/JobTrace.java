package io.imageprocessor.queue;

import io.imageprocessor.job.Job;
import io.imageprocessor.job.TraceParent;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The trace of a job, and which of its images are sampled: all images of a small job, every n-th of a large one, so
 * that a million images do not create a million spans. The index alone decides, so replicas sample the same images
 * without communication, a retry is sampled like the first attempt, and the sample covers all stores of the job.
 *
 * @param parent the span of the submission
 * @param stride the distance between sampled images; 0 if none is sampled because the trace is not recorded
 */
public record JobTrace(TraceParent parent, int stride) {

    private static final int MAX_SAMPLED = 100;

    /**
     * Creates the trace of a job; null if its submission had none.
     *
     * @param images all images of the job
     */
    public static @Nullable JobTrace of(Optional<TraceParent> parent, int images) {
        return parent.map(span -> new JobTrace(span, span.sampled() ? Math.ceilDiv(images, MAX_SAMPLED) : 0))
                .orElse(null);
    }

    static @Nullable JobTrace of(Job job) {
        return of(job.metadata().traceParent(), job.imageCount());
    }

    boolean samples(int index) {
        return stride > 0 && index % stride == 0;
    }
}
