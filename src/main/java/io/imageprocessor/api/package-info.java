/** The HTTP interface: requests in, calls to {@code job} and {@code stores}, JSON out. */
@NullMarked
package io.imageprocessor.api;

import org.jspecify.annotations.NullMarked;
