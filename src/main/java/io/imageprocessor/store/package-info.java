/** Which stores exist: a CSV file in, a {@code StoreRegistry} to ask out. */
@NullMarked
package io.imageprocessor.store;

import org.jspecify.annotations.NullMarked;
