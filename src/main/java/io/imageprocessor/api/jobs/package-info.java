/** Tells of jobs and their images, and takes orders to cancel and to retry: an id in, JSON, CSV or events out. */
@NullMarked
package io.imageprocessor.api.jobs;

import org.jspecify.annotations.NullMarked;
