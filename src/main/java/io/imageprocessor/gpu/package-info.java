/** Simulates GPU time: a request for a slot in, a slot that is held for a random time out. */
@NullMarked
package io.imageprocessor.gpu;

import org.jspecify.annotations.NullMarked;
