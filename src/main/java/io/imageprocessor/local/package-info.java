/**
 * The profile {@code local-postgres}: a PostgreSQL that starts and stops with the service and keeps its data in a
 * folder.
 */
@NullMarked
package io.imageprocessor.local;

import org.jspecify.annotations.NullMarked;
