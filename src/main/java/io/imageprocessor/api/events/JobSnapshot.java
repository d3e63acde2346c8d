package io.imageprocessor.api.events;

import io.imageprocessor.job.JobStatus;
import org.jspecify.annotations.Nullable;

/**
 * A job as it stood at one look. Each of its events is written at most once, however many listeners are sent it, and
 * not at all if none is. For one thread.
 */
final class JobSnapshot {

    private final JobStatus status;
    private final JobEvents events;
    private final String progressId;
    private byte @Nullable [] progress;
    private byte @Nullable [] finished;

    JobSnapshot(JobStatus status, JobEvents events) {
        this.status = status;
        this.events = events;
        this.progressId = JobEvents.progressId(status);
    }

    boolean isFinal() {
        return status.state().isFinal();
    }

    /** Changes with whatever {@link #progress()} tells. */
    String progressId() {
        return progressId;
    }

    byte[] progress() {
        if (progress == null) {
            progress = events.progress(status);
        }
        return progress;
    }

    /** Of a final job alone. */
    byte[] finished() {
        if (finished == null) {
            finished = events.finished(status);
        }
        return finished;
    }
}
