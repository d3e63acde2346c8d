package io.imageprocessor.image;

/**
 * What one successful attempt found.
 *
 * @param dimensions the image's size
 * @param bytes of the body that were read: all of it, or in {@code header} mode its beginning
 */
public record MeasuredImage(ImageDimensions dimensions, long bytes) {}
