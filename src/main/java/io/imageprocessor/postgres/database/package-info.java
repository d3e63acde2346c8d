/** Runs SQL. Statements go in, rows come out; while the database is away, calls fail at once. */
@NullMarked
package io.imageprocessor.postgres.database;

import org.jspecify.annotations.NullMarked;
