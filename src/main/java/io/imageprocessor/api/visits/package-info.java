/** Returns perimeters per store and day: stores and days in, perimeters out. */
@NullMarked
package io.imageprocessor.api.visits;

import org.jspecify.annotations.NullMarked;
