package io.imageprocessor.postgres;

import io.imageprocessor.job.JobId;

/**
 * Names a slice.
 *
 * @param first index of its first image
 */
record SliceKey(JobId jobId, int first) {

    static SliceKey of(JobId jobId, int image) {
        return new SliceKey(jobId, SliceLayout.firstOf(image));
    }
}
