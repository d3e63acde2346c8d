/** What a job is and where it stands: visits with photo URLs in, tasks for the queue and a status out. */
@NullMarked
package io.imageprocessor.job;

import org.jspecify.annotations.NullMarked;
