/** The two ports of room job on PostgreSQL, for storage=postgres: jobs that survive, shared by all replicas. */
@NullMarked
package io.imageprocessor.postgres;

import org.jspecify.annotations.NullMarked;
