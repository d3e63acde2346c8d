package io.imageprocessor.image.format;

import io.imageprocessor.image.format.TiffDirectory.Pointer;
import io.imageprocessor.image.format.TiffDirectory.Role;
import io.imageprocessor.image.format.TiffDirectory.Target;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Reads TIFF 6.0 and BigTIFF, and the raw photos of cameras that are TIFF files (NEF, DNG, CR2, ARW, IIQ and others).
 *
 * <p>The dimensions are in the first directory, which may be anywhere in the file. In raw photos, the first directory
 * usually describes a thumbnail and states that in its subfile type. The photo is then in a subdirectory or in a later
 * directory. They are visited in the order of their positions, because the file is read forward; a directory that was
 * passed before a pointer to it came cannot be read.
 *
 * <p>Library readers need the whole file for that, and allocate as much memory as other fields claim.
 *
 * <p>One instance reads one file. Not thread-safe.
 */
final class Tiff {

    private static final int BIG_TIFF = 43;

    /** Limit of directories and lists that are visited per file; raw photos have up to ten. */
    private static final int MAX_VISITED = 64;

    private final BoundedReader file;
    private final boolean big;
    private final PriorityQueue<Pointer> open = new PriorityQueue<>(Comparator.comparingLong(Pointer::position));
    private int visited;

    /** The largest image that is a thumbnail or another addition. */
    private ImageHeader largestAddition = ImageHeader.of(0, 0);

    /** The largest image whose directory does not state what it is. */
    private ImageHeader largestUnstated = ImageHeader.of(0, 0);

    /** The size of the photo by its Exif data. */
    private ImageHeader exif = ImageHeader.of(0, 0);

    private Tiff(BoundedReader file, boolean big) {
        this.file = file;
        this.big = big;
    }

    static ImageHeader read(BoundedReader file) throws IOException {
        file.byteOrder(file.readUnsignedShort() == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        boolean big = file.readUnsignedShort() == BIG_TIFF;
        if (big) {
            // Skip the length of an offset, which is 8, and a zero.
            file.skip(4);
        }
        long directory = big ? file.readLong() : file.readUnsignedInt();
        if (directory < file.position()) {
            throw UnreadableImageException.damaged();
        }
        boolean canon = isCanonRaw(file);
        file.skip(directory - file.position());
        return new Tiff(file, big).read(canon);
    }

    /** The first directory of a CR2 may describe a smaller copy without stating it. A CR2 has a mark at offset 8. */
    private static boolean isCanonRaw(BoundedReader file) throws IOException {
        return new Signature(file.buffer(), file.peek(4) + (int) file.position()).is(8, "CR\u0002\0");
    }

    private ImageHeader read(boolean canon) throws IOException {
        TiffDirectory first = TiffDirectory.read(file, big, false);
        if (isPhoto(first) && !canon) {
            return first.size();
        }
        boolean alone = first.hasSize() && !first.fromCamera();
        weigh(first);
        add(first);
        alone &= open.isEmpty();
        @Nullable ImageHeader full = alone ? first.size() : searchFull();
        return full != null ? full : mostLikely(canon);
    }

    /** A camera may leave out that the first directory is a thumbnail, if the photo is in a subdirectory. */
    private static boolean isPhoto(TiffDirectory first) {
        return first.hasSize()
                && (first.role() == Role.FULL
                        || (first.role() == Role.UNSTATED && !(first.fromCamera() && first.hasSubDirectories())));
    }

    /** Visits the other directories until one states that it has the full image; returns null if none does. */
    private @Nullable ImageHeader searchFull() throws IOException {
        for (Pointer next = open.poll(); next != null && visited < MAX_VISITED; next = open.poll()) {
            if (next.position() < file.earliest()) {
                continue;
            }
            visited++;
            file.seek(next.position());
            if (next.target() == Target.LIST) {
                readList(next);
                continue;
            }
            TiffDirectory directory = TiffDirectory.read(file, big, next.target() == Target.EXIF);
            if (next.target() == Target.EXIF) {
                exif = directory.hasSize() ? directory.size() : exif;
            } else if (directory.hasSize()
                    && directory.role() == Role.FULL
                    && area(directory.size()) >= area(larger(largestAddition, largestUnstated))) {
                return directory.size();
            } else {
                weigh(directory);
                add(directory);
            }
        }
        return null;
    }

    private void readList(Pointer list) throws IOException {
        for (long i = 0; i < list.count() && i < MAX_VISITED; i++) {
            add(Pointer.to(Target.DIRECTORY, list.type().read(file)));
        }
    }

    private void add(TiffDirectory directory) {
        directory.pointers().forEach(this::add);
    }

    private void add(Pointer pointer) {
        // A position of 0 means that there is no next directory.
        if (pointer.position() > 0 && open.size() < MAX_VISITED) {
            open.add(pointer);
        }
    }

    private void weigh(TiffDirectory directory) {
        if (!directory.hasSize()) {
            return;
        }
        if (directory.role() == Role.UNSTATED) {
            largestUnstated = larger(directory.size(), largestUnstated);
        } else {
            largestAddition = larger(directory.size(), largestAddition);
        }
    }

    /**
     * Returns the size that can only be that of the photo, because it is larger than every thumbnail.
     *
     * @param canon whether only the Exif data decides, because the directories have sizes of the sensor and of copies
     */
    private ImageHeader mostLikely(boolean canon) throws UnreadableImageException {
        ImageHeader size = canon ? exif : larger(largestUnstated, exif);
        if (area(size) > area(largestAddition)) {
            return size;
        }
        throw area(larger(largestAddition, largestUnstated)) == 0
                ? UnreadableImageException.damaged()
                : UnreadableImageException.unsupported("the file has no main image");
    }

    private static ImageHeader larger(ImageHeader one, ImageHeader other) {
        return area(one) > area(other) ? one : other;
    }

    /** The dimensions have at most 32 bits each in most files; others are too large in any case. */
    private static double area(ImageHeader size) {
        return (double) size.width() * size.height();
    }
}
