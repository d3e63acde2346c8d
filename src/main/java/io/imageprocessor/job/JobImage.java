package io.imageprocessor.job;

import java.util.Optional;

/**
 * An image of a job at one instant.
 *
 * @param index index of the image in its job, from 0
 * @param result present if and only if the state is final
 */
public record JobImage(int index, Visit visit, String url, ImageState state, Optional<ImageResult> result) {}
