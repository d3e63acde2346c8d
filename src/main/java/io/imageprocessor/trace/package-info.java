/** Whether there are traces at all, and what of them is exported: settings in, beans of OpenTelemetry or none out. */
@NullMarked
package io.imageprocessor.trace;

import org.jspecify.annotations.NullMarked;
