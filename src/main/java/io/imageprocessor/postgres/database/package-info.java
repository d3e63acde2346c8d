/** Runs SQL: statements in, rows out. While the database is unavailable, calls fail at once. */
@NullMarked
package io.imageprocessor.postgres.database;

import org.jspecify.annotations.NullMarked;
