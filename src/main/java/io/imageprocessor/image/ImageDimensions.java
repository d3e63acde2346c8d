package io.imageprocessor.image;

/**
 * An image's size as its file states it; an EXIF orientation does not turn it.
 *
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 * @param format what the bytes are, in lower case, such as {@code jpeg}
 */
public record ImageDimensions(int width, int height, String format) {}
