package io.imageprocessor.job;

/** Where a job stands. A job moves once, from {@link #ONGOING} to one of the final states. */
public enum JobState {
    /** Entered on submission; at least one image is pending or running. The result of its last image moves it on. */
    ONGOING,
    /** Final. Every image was measured. */
    COMPLETED,
    /** Final. Every image was worked through, and at least one failed. */
    FAILED
}
