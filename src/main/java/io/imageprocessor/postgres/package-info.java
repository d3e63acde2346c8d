/**
 * Keeps jobs in PostgreSQL, for storage=postgres. Implements the ports of module {@code job}; replicas share the jobs.
 */
@NullMarked
package io.imageprocessor.postgres;

import org.jspecify.annotations.NullMarked;
