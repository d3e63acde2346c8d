/** Decodes gzip in both directions: submissions and image bodies. Compressed bytes go in, decoded bytes come out. */
@NullMarked
package io.imageprocessor.gzip;

import org.jspecify.annotations.NullMarked;
