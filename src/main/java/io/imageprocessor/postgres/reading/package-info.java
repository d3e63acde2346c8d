/** Reads jobs, images and totals: filters in, records of module {@code job} out. */
@NullMarked
package io.imageprocessor.postgres.reading;

import org.jspecify.annotations.NullMarked;
