/** Returns stores and reloads the store master: an id or a filter in, JSON out. */
@NullMarked
package io.imageprocessor.api.stores;

import org.jspecify.annotations.NullMarked;
