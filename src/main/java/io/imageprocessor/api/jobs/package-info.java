/** Returns jobs and their images, cancels and retries jobs: an id in; JSON, CSV or NDJSON out. */
@NullMarked
package io.imageprocessor.api.jobs;

import org.jspecify.annotations.NullMarked;
