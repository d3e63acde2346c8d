/** Reads the dimensions of an image from its file. Bytes go in, format and dimensions come out; no pixel is decoded. */
@NullMarked
package io.imageprocessor.image.format;

import org.jspecify.annotations.NullMarked;
