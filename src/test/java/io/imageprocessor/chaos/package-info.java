/**
 * Several replicas on one database, all of which are killed, stopped and cut off at random; what was promised must
 * hold.
 */
@NullMarked
package io.imageprocessor.chaos;

import org.jspecify.annotations.NullMarked;
