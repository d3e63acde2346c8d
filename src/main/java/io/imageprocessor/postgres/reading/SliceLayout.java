package io.imageprocessor.postgres.reading;

/**
 * Divides the images of a job into slices. One replica at a time works on a slice. The first slice is short and has its
 * own lane, so that a small job starts beside large ones. Thread-safe.
 */
public final class SliceLayout {

    /** Number of images in the first slice. */
    public static final int IMAGES_OF_FIRST_SLICE = 16;

    /** Number of images in each other slice; the last one may have fewer. */
    public static final int IMAGES_PER_SLICE = 256;

    private SliceLayout() {}

    /** Returns the index of the first image of the slice that contains an image. */
    public static int firstOf(int image) {
        return image < IMAGES_OF_FIRST_SLICE ? 0 : image - (image - IMAGES_OF_FIRST_SLICE) % IMAGES_PER_SLICE;
    }

    /**
     * Returns the index after the last image of a slice.
     *
     * @param first index of the first image of the slice
     * @param images number of images in the job
     */
    public static int endOf(int first, int images) {
        return Math.min(images, first + (first == 0 ? IMAGES_OF_FIRST_SLICE : IMAGES_PER_SLICE));
    }
}
