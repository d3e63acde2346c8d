/** Kills, stops and disconnects replicas and their database at random, and checks what was confirmed to clients. */
@NullMarked
package io.imageprocessor.chaos;

import org.jspecify.annotations.NullMarked;
