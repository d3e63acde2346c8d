/** Turns tracing on if an endpoint is set: settings in, OpenTelemetry beans or none out. */
@NullMarked
package io.imageprocessor.trace;

import org.jspecify.annotations.NullMarked;
