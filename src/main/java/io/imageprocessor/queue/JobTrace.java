package io.imageprocessor.queue;

import io.imageprocessor.job.Job;
import io.imageprocessor.job.TraceParent;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The trace that a job belongs to, and which of its images are seen in it: all of a small job, and of a large one every
 * n-th, so that a million images do not make a million spans. They are chosen by their index alone: replicas that share
 * a job choose alike without a word, an image that is tried again is seen again, and the chosen ones are spread over
 * all of the job's stores and all of its time.
 *
 * @param parent the span of the submission
 * @param stride from one image that is seen to the next; 0 if none is, since the trace is not recorded
 */
public record JobTrace(TraceParent parent, int stride) {

    /** Images of a job that are seen. */
    static final int MOST_IMAGES = 100;

    /**
     * The trace of a job; null if it belongs to none.
     *
     * @param images how many the job has in all
     */
    public static @Nullable JobTrace of(Optional<TraceParent> parent, int images) {
        return parent.map(span -> new JobTrace(span, span.sampled() ? Math.ceilDiv(images, MOST_IMAGES) : 0))
                .orElse(null);
    }

    static @Nullable JobTrace of(Job job) {
        return of(job.metadata().traceParent(), job.imageCount());
    }

    /** Whether the image with this index is seen. */
    boolean has(int index) {
        return stride > 0 && index % stride == 0;
    }
}
