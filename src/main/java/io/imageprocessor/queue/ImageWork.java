package io.imageprocessor.queue;

/** Processes images that the queue starts. Called on one thread per image, for many images at once; may block. */
@FunctionalInterface
public interface ImageWork {

    /**
     * Makes one attempt at an image. On return the execution releases the permits that it still holds, and the image is
     * finished unless {@link ImageExecution#retryAfter} was called. A cancelled job interrupts the thread.
     */
    void process(ImageExecution execution);
}
