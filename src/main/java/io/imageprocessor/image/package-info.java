/** URL in, the photo's dimensions or a failure out. */
@NullMarked
package io.imageprocessor.image;

import org.jspecify.annotations.NullMarked;
