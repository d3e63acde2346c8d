/** Writes jobs and results. Changes go in and come out committed, in groups. */
@NullMarked
package io.imageprocessor.postgres.writing;

import org.jspecify.annotations.NullMarked;
