/** Jobs, their states, and the ports to storage and queue: visits with photo URLs in, states and results out. */
@NullMarked
package io.imageprocessor.job;

import org.jspecify.annotations.NullMarked;
