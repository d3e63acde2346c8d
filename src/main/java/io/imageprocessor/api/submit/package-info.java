/** Accepts jobs: the body of a submission in, a job and its id out. */
@NullMarked
package io.imageprocessor.api.submit;

import org.jspecify.annotations.NullMarked;
