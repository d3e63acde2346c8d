/** Where data enters and leaves the service: HTTP in, calls to {@code job} and {@code store}, JSON out. */
@NullMarked
package io.imageprocessor.api;

import org.jspecify.annotations.NullMarked;
