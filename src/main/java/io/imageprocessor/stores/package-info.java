/** Knows which stores exist. The CSV of the store master goes in, a {@code StoreRegistry} comes out. */
@NullMarked
package io.imageprocessor.stores;

import org.jspecify.annotations.NullMarked;
