package io.imageprocessor.image.format;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The dimensions in a HEIF file, by the number of their property, and the items that have them.
 *
 * <p>Grows with the file, up to the limits of the format for properties, whose numbers have 15 bits: 256 KB. Items are
 * needed only if the primary item is not known yet. Items with the same dimensions and consecutive identifiers, such as
 * the tiles of a grid, are one range. Not thread-safe.
 */
final class HeifSizes {

    /** The largest number of a property. */
    static final int MAX_PROPERTY = 0x7FFF;

    /** Limit of ranges of items: 96 KB. */
    private static final int MAX_RANGES = 8 * 1024;

    /** Number of properties for which memory is allocated at once, so that it is not copied when it grows. */
    private static final int STEP = 128;

    /** The first item, the last item and the property. */
    private static final int RANGE_LENGTH = 3;

    private final BitSet present = new BitSet();

    /** For each property, the width in the upper half and the height in the lower half. */
    private final long[] @Nullable [] properties = new long[MAX_PROPERTY / STEP + 1][];

    private int[] ranges = new int[RANGE_LENGTH * 8];
    private int rangesLength;

    /**
     * Adds dimensions; the first ones of a property count.
     *
     * @param property from 1 to {@link #MAX_PROPERTY}
     * @param width as an unsigned number
     * @param height as an unsigned number
     */
    void addProperty(int property, int width, int height) {
        if (!isSize(property)) {
            present.set(property);
            long[] step = properties[property / STEP];
            if (step == null) {
                step = new long[STEP];
                properties[property / STEP] = step;
            }
            step[property % STEP] = (long) width << 32 | Integer.toUnsignedLong(height);
        }
    }

    /** Returns whether the property has dimensions. */
    boolean isSize(int property) {
        return present.get(property);
    }

    /** Returns the dimensions of a property, or null if it has none. */
    @Nullable
    ImageHeader ofProperty(int property) {
        long[] step = properties[property / STEP];
        if (step == null || !isSize(property)) {
            return null;
        }
        long size = step[property % STEP];
        return ImageHeader.of(size >>> 32, size & 0xFFFF_FFFFL);
    }

    /**
     * Adds the property with the dimensions of an item; the first one of an item counts.
     *
     * @throws UnreadableImageException if the file has too many items with different dimensions
     */
    void addItem(long item, int property) throws UnreadableImageException {
        int last = rangesLength - RANGE_LENGTH;
        if (last >= 0 && ranges[last + 2] == property && Integer.toUnsignedLong(ranges[last + 1]) + 1 == item) {
            ranges[last + 1] = (int) item;
            return;
        }
        if (rangesLength == MAX_RANGES * RANGE_LENGTH) {
            throw UnreadableImageException.unsupported("the file has more than " + MAX_RANGES + " images");
        }
        if (rangesLength == ranges.length) {
            ranges = Arrays.copyOf(ranges, 2 * rangesLength);
        }
        ranges[rangesLength] = (int) item;
        ranges[rangesLength + 1] = (int) item;
        ranges[rangesLength + 2] = property;
        rangesLength += RANGE_LENGTH;
    }

    /** Returns the dimensions of an item, or null if none were added. */
    @Nullable
    ImageHeader ofItem(long item) {
        for (int range = 0; range < rangesLength; range += RANGE_LENGTH) {
            if (item >= Integer.toUnsignedLong(ranges[range]) && item <= Integer.toUnsignedLong(ranges[range + 1])) {
                return ofProperty(ranges[range + 2]);
            }
        }
        return null;
    }
}
