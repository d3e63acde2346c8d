/**
 * Runs the profile {@code demo}: sample photos in, a table of their results on the terminal out. The service serves the
 * photos itself, and the demo submits two jobs through the HTTP API.
 */
@NullMarked
package io.imageprocessor.demo;

import org.jspecify.annotations.NullMarked;
