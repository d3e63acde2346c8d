/** Simulated GPU time: a slot is asked for, held for a random time, and given back. */
@NullMarked
package io.imageprocessor.gpu;

import org.jspecify.annotations.NullMarked;
