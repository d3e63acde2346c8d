package io.imageprocessor.image;

/**
 * The result of a successful attempt.
 *
 * @param dimensions the image's size
 * @param bytes number of bytes read of the body: all of it, or in {@code header} mode only its beginning
 */
public record MeasuredImage(ImageDimensions dimensions, long bytes) {}
