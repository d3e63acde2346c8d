package io.imageprocessor.image.format;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The fields of one directory of a TIFF that concern dimensions.
 *
 * @param width in pixels, or -1 if the directory has none
 * @param height in pixels, or -1 if the directory has none
 * @param role what the directory states about its image
 * @param fromCamera whether a field names the maker of the camera
 * @param hasSubDirectories whether a field points to subdirectories
 * @param pointers to further directories, at most a few
 */
record TiffDirectory(
        long width, long height, Role role, boolean fromCamera, boolean hasSubDirectories, List<Pointer> pointers) {

    private static final int NEW_SUBFILE_TYPE = 254;
    private static final int SUBFILE_TYPE = 255;
    private static final int WIDTH = 256;
    private static final int HEIGHT = 257;
    private static final int MAKER = 271;
    private static final int SUB_DIRECTORIES = 330;
    private static final int EXIF = 34665;
    private static final int EXIF_WIDTH = 40962;
    private static final int EXIF_HEIGHT = 40963;

    /** A bit of the new subfile type that does not affect the size: the image is a page of several. */
    private static final int PAGE = 2;

    /** A value of the old subfile type. */
    private static final int REDUCED = 2;

    /** What a directory states about its image. */
    enum Role {
        /** It is the full image. */
        FULL,
        /** Nothing, which TIFF 6.0 defines as the full image; not all cameras comply. */
        UNSTATED,
        /** It is a thumbnail, a mask or another addition to the full image. */
        ADDITION
    }

    /** What is at the position that a field points to. */
    enum Target {
        DIRECTORY,
        EXIF,
        /** Positions of directories. */
        LIST
    }

    /**
     * A pointer to another part of the file.
     *
     * @param count number of positions in a list, as declared and not validated
     * @param type the type of the positions in a list
     */
    record Pointer(Target target, long position, long count, TiffType type) {

        static Pointer to(Target target, long position) {
            return new Pointer(target, position, 1, TiffType.NONE);
        }
    }

    boolean hasSize() {
        return width >= 0 && height >= 0;
    }

    ImageHeader size() {
        return ImageHeader.of(width, height);
    }

    /**
     * Reads the directory at the position of the file, to its end, because not every writer sorts the fields.
     *
     * @param big whether the file is a BigTIFF
     * @param exif whether this is a directory of Exif, which has tags of its own for the dimensions
     */
    static TiffDirectory read(BoundedReader file, boolean big, boolean exif) throws IOException {
        Fields fields = new Fields(big, exif);
        long count = big ? file.readLong() : file.readUnsignedShort();
        // A count over Long.MAX_VALUE is negative; the file always ends before that.
        for (long i = 0; i != count; i++) {
            fields.readField(file);
        }
        // A file may end with its last directory, without the position of a next one.
        if (!exif && file.peek(fields.offsetLength()) == fields.offsetLength()) {
            fields.add(Pointer.to(Target.DIRECTORY, big ? file.readLong() : file.readUnsignedInt()));
        }
        return new TiffDirectory(
                fields.width, fields.height, fields.role, fields.fromCamera, fields.hasSubDirectories, fields.pointers);
    }

    /** The fields read so far. */
    private static final class Fields {

        private final boolean big;
        private final boolean exif;
        private final List<Pointer> pointers = new ArrayList<>(4);
        private long width = -1;
        private long height = -1;
        private Role role = Role.UNSTATED;
        private boolean fromCamera;
        private boolean hasSubDirectories;

        Fields(boolean big, boolean exif) {
            this.big = big;
            this.exif = exif;
        }

        int offsetLength() {
            return big ? 8 : 4;
        }

        void readField(BoundedReader file) throws IOException {
            int tag = file.readUnsignedShort();
            TiffType type = TiffType.of(file.readUnsignedShort());
            long count = big ? file.readLong() : file.readUnsignedInt();
            long end = file.position() + offsetLength();
            if (tag == (exif ? EXIF_WIDTH : WIDTH)) {
                width = dimension(type, file);
            } else if (tag == (exif ? EXIF_HEIGHT : HEIGHT)) {
                height = dimension(type, file);
            } else if (!exif) {
                readOther(tag, type, count, file);
            }
            file.skip(end - file.position());
        }

        /** No reader understands other types here. To go on would find the size of another image. */
        private static long dimension(TiffType type, BoundedReader file) throws IOException {
            if (type == TiffType.NONE) {
                throw UnreadableImageException.damaged();
            }
            return type.read(file);
        }

        private void readOther(int tag, TiffType type, long count, BoundedReader file) throws IOException {
            switch (tag) {
                case NEW_SUBFILE_TYPE -> role = (type.read(file) & ~PAGE) == 0 ? Role.FULL : Role.ADDITION;
                case SUBFILE_TYPE -> role = type.read(file) == REDUCED ? Role.ADDITION : role;
                case MAKER -> fromCamera = true;
                case EXIF -> add(Pointer.to(Target.EXIF, type.read(file)));
                case SUB_DIRECTORIES -> readSubDirectories(type, count, file);
                default -> {
                    // A field that does not concern dimensions.
                }
            }
        }

        private void readSubDirectories(TiffType type, long count, BoundedReader file) throws IOException {
            if (hasSubDirectories) {
                return;
            }
            hasSubDirectories = true;
            if (count > 0 && count <= offsetLength() / Math.max(1, type.length())) {
                for (long i = 0; i < count; i++) {
                    add(Pointer.to(Target.DIRECTORY, type.read(file)));
                }
            } else {
                long list = big ? file.readLong() : file.readUnsignedInt();
                add(new Pointer(Target.LIST, list, count, type));
            }
        }

        /** A directory has at most a few pointers; more of them come from a file that is damaged or hostile. */
        private void add(Pointer pointer) {
            if (pointers.size() < 16) {
                pointers.add(pointer);
            }
        }
    }
}
