package io.imageprocessor.job;

import java.util.Locale;

/** The states of a job. A job changes once, from {@link #ONGOING} to a final state. */
public enum JobState {
    /** Initial state: at least one image is pending or running. Left with the last result, or by cancelling. */
    ONGOING,

    /** Final. Every image was measured. */
    COMPLETED,

    /** Final. Every image has a result, and at least one failed. */
    FAILED,

    /** Final. A client cancelled the ongoing job; at least one image was cancelled. */
    CANCELLED;

    /** Returns the name in the API. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    public boolean isFinal() {
        return this != ONGOING;
    }
}
