/** Starts the service and assembles its rooms. */
@NullMarked
package io.imageprocessor;

import org.jspecify.annotations.NullMarked;
