/** Parses and checks the URLs of images. Text from a client goes in, an {@code ImageUrl} or a failure comes out. */
@NullMarked
package io.imageprocessor.image.url;

import org.jspecify.annotations.NullMarked;
