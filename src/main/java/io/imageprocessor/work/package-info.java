/** Turns queued images into recorded results. */
@NullMarked
package io.imageprocessor.work;

import org.jspecify.annotations.NullMarked;
