/**
 * Logs faults without filling the log: failures and periodic tasks in, at most one line a minute for each place out.
 * Every module may use it; it knows none of them.
 */
@NullMarked
package io.imageprocessor.logging;

import org.jspecify.annotations.NullMarked;
