/** Measures images. A URL goes in, dimensions or a failure come out. */
@NullMarked
package io.imageprocessor.image;

import org.jspecify.annotations.NullMarked;
