/** Tells of jobs and their images, and takes orders to cancel and to retry: an id in, JSON, CSV or NDJSON out. */
@NullMarked
package io.imageprocessor.api.jobs;

import org.jspecify.annotations.NullMarked;
