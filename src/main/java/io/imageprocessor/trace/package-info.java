/** Turns tracing on if an endpoint is set. Settings go in, OpenTelemetry beans or none come out. */
@NullMarked
package io.imageprocessor.trace;

import org.jspecify.annotations.NullMarked;
