/**
 * The profile {@code demo}: sample photos served by the service itself, two jobs of them submitted over its own HTTP
 * API, and a table of what became of each photo, on the terminal.
 */
@NullMarked
package io.imageprocessor.demo;

import org.jspecify.annotations.NullMarked;
