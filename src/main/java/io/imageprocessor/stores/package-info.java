/** Knows which stores exist: the CSV file of the store master in, a {@code StoreRegistry} out. */
@NullMarked
package io.imageprocessor.stores;

import org.jspecify.annotations.NullMarked;
