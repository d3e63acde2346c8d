package io.imageprocessor.postgres.reading;

/**
 * How the images of a job are cut into slices, each of which is worked on by one replica. The first one is short: it is
 * claimed at once, whatever else waits, so that a small job starts beside large ones and a large one begins everywhere.
 */
public final class SliceLayout {

    /** Images of the first slice. */
    public static final int FIRST = 16;

    /** Images of each other one, but for the last. */
    public static final int IMAGES = 256;

    private SliceLayout() {}

    /** Index of the first image of the slice that an image belongs to. */
    public static int firstOf(int image) {
        return image < FIRST ? 0 : image - (image - FIRST) % IMAGES;
    }

    /** Index of the first image behind the slice that begins with {@code first}, in a job of so many images. */
    public static int endOf(int first, int images) {
        return Math.min(images, first + (first == 0 ? FIRST : IMAGES));
    }
}
