/** Tells which stores exist, and has the store master read again: an id or a filter in, JSON out. */
@NullMarked
package io.imageprocessor.api.stores;

import org.jspecify.annotations.NullMarked;
