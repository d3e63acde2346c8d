package io.imageprocessor.job;

import java.util.Locale;

/** Where a job stands. A job moves once, from {@link #ONGOING} to one of the final states. */
public enum JobState {
    /**
     * Entered on submission; at least one image is pending or running. The result of its last image moves it on, or a
     * client that cancels it.
     */
    ONGOING,

    /** Final. Every image was measured. */
    COMPLETED,

    /** Final. Every image was worked through, and at least one failed. */
    FAILED,

    /** Final. A client cancelled the job while it was ongoing; at least one image was never worked through. */
    CANCELLED;

    /** The name as clients know it. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    public boolean isFinal() {
        return this != ONGOING;
    }
}
