/**
 * Runs a local PostgreSQL in the profile {@code local-postgres}: a folder in, the settings of a running database out.
 * The database starts and stops with the service.
 */
@NullMarked
package io.imageprocessor.local;

import org.jspecify.annotations.NullMarked;
