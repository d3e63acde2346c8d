package io.imageprocessor.job;

import java.util.Optional;

/**
 * One image of a job as it stood when it was read.
 *
 * @param index the image's place in its job, from 0
 * @param result present exactly when the state is final
 */
public record JobImage(int index, Visit visit, String url, ImageState state, Optional<ImageResult> result) {}
