/** Checks the files in {@code deploy} against the programs that read them, and against the service. */
@NullMarked
package io.imageprocessor.deploy;

import org.jspecify.annotations.NullMarked;
