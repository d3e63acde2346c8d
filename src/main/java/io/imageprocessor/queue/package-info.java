/** Orders waiting images fairly between jobs and hosts. Jobs go in, executions of their images come out. */
@NullMarked
package io.imageprocessor.queue;

import org.jspecify.annotations.NullMarked;
