/** Reads jobs, images and totals. Filters go in, rows of the module {@code job} come out. */
@NullMarked
package io.imageprocessor.postgres.reading;

import org.jspecify.annotations.NullMarked;
