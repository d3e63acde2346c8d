/**
 * Reports the progress of jobs: an id in; server-sent events out, or a response that waits until the job is finished.
 */
@NullMarked
package io.imageprocessor.api.events;

import org.jspecify.annotations.NullMarked;
