/** The bytes of a file in, its format and size out, without decoding a pixel; knows nothing of networks. */
@NullMarked
package io.imageprocessor.image.format;

import org.jspecify.annotations.NullMarked;
