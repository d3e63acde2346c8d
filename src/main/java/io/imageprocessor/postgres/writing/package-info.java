/** Writes jobs and results: changes in, committed groups of them out. */
@NullMarked
package io.imageprocessor.postgres.writing;

import org.jspecify.annotations.NullMarked;
