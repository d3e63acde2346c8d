package io.imageprocessor.postgres.reading;

import io.imageprocessor.job.JobId;

/**
 * Identifies a slice of a job.
 *
 * @param first index of its first image in the job
 */
public record SliceKey(JobId jobId, int first) {

    private static final char SEPARATOR = '/';

    /** Returns the slice that contains the image. */
    public static SliceKey of(JobId jobId, int image) {
        return new SliceKey(jobId, SliceLayout.firstOf(image));
    }

    /** Parses the name of a task instance of db-scheduler. */
    public static SliceKey ofInstance(String name) {
        int separator = name.indexOf(SEPARATOR);
        return new SliceKey(
                new JobId(Long.parseLong(name, 0, separator, 10)),
                Integer.parseInt(name, separator + 1, name.length(), 10));
    }

    /** Returns the name of this slice's task instance in db-scheduler. */
    public String instance() {
        return jobId.value() + "" + SEPARATOR + first;
    }
}
