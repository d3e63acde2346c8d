/** Reports failures of the start in one line, and readiness as a metric. Nothing depends on this module. */
@NullMarked
package io.imageprocessor.startup;

import org.jspecify.annotations.NullMarked;
