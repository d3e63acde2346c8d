/**
 * Logs faults without filling the log. Failures go in, at most one line a minute for each place, or logger of a
 * library, comes out; for a periodic task, one line when it begins to fail and one when it works again.
 */
@NullMarked
package io.imageprocessor.logging;

import org.jspecify.annotations.NullMarked;
