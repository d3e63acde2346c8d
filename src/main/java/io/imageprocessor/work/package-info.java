/** Takes an image that the queue started through download, GPU time and result. Its result goes to the job store. */
@NullMarked
package io.imageprocessor.work;

import org.jspecify.annotations.NullMarked;
