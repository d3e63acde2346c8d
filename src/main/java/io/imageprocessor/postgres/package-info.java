/**
 * Stores jobs in PostgreSQL, for storage=postgres: calls of the ports of module {@code job} in, SQL out. Replicas share
 * the jobs and claim their slices.
 */
@NullMarked
package io.imageprocessor.postgres;

import org.jspecify.annotations.NullMarked;
