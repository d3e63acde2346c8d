package io.imageprocessor.image;

/**
 * The size of an image as its file declares it. An EXIF orientation is ignored.
 *
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 * @param format the format of the file in lower case, such as {@code jpeg}
 */
public record ImageDimensions(int width, int height, String format) {}
