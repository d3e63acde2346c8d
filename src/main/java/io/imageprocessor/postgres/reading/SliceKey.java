package io.imageprocessor.postgres.reading;

import io.imageprocessor.job.JobId;

/**
 * Names a slice.
 *
 * @param first index of its first image
 */
public record SliceKey(JobId jobId, int first) {

    private static final char SEPARATOR = '/';

    public static SliceKey of(JobId jobId, int image) {
        return new SliceKey(jobId, SliceLayout.firstOf(image));
    }

    /** The slice whose claim is the task instance of this name. */
    public static SliceKey ofInstance(String name) {
        int separator = name.indexOf(SEPARATOR);
        return new SliceKey(
                new JobId(Long.parseLong(name, 0, separator, 10)),
                Integer.parseInt(name, separator + 1, name.length(), 10));
    }

    /** The name of the task instance that is its claim. */
    public String instance() {
        return jobId.value() + "" + SEPARATOR + first;
    }
}
