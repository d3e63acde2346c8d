/**
 * Decides which waiting image is next. Jobs come in; executions of their images go out to the {@link ImageWork} that
 * another module implements.
 */
@NullMarked
package io.imageprocessor.queue;

import org.jspecify.annotations.NullMarked;
