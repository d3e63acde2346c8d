/**
 * Tells clients of a job as it goes on: an id in, server-sent events out, or the moment at which the job is finished.
 */
@NullMarked
package io.imageprocessor.api.events;

import org.jspecify.annotations.NullMarked;
