package io.imageprocessor.api.events;

import io.imageprocessor.job.JobStatus;
import org.jspecify.annotations.Nullable;

/** The state of a job at one tick. Its events are formatted lazily and once for all listeners. Not thread-safe. */
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

    /** Returns an id that changes whenever {@link #progress()} changes. */
    String progressId() {
        return progressId;
    }

    byte[] progress() {
        if (progress == null) {
            progress = events.progress(status);
        }
        return progress;
    }

    /** Returns the {@code finished} event; the job must be final. */
    byte[] finished() {
        if (finished == null) {
            finished = events.finished(status);
        }
        return finished;
    }
}
