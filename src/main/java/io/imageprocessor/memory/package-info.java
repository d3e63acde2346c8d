/**
 * Keeps jobs in the heap of this process, for storage=memory. Jobs go in, their states come out; all are lost when the
 * process ends.
 */
@NullMarked
package io.imageprocessor.memory;

import org.jspecify.annotations.NullMarked;
