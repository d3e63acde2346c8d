package io.imageprocessor.image.format;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads HEIC, AVIF and other HEIF files by ISO/IEC 23008-12.
 *
 * <p>A {@code meta} box names the primary item and assigns properties to every item. The property {@code ispe} holds
 * the dimensions; for a grid, those of the whole image. Libraries return the dimensions of any item, such as a tile or
 * a thumbnail, and allocate as much memory as a box claims.
 *
 * <p>One instance reads one file. Not thread-safe.
 */
final class Heif {

    private static final int META = IsoBox.type("meta");
    private static final int PRIMARY_ITEM = IsoBox.type("pitm");
    private static final int ITEM_PROPERTIES = IsoBox.type("iprp");
    private static final int PROPERTIES = IsoBox.type("ipco");
    private static final int SIZE = IsoBox.type("ispe");
    private static final int ASSOCIATIONS = IsoBox.type("ipma");

    /** Limit of stored dimensions and of stored items per file. Real files have one per thumbnail, tile and image. */
    private static final int MAX_STORED = 256;

    private final BoundedReader file;

    /** Dimensions by the number of their property. */
    private final Map<Integer, ImageHeader> sizes = new HashMap<>();

    /** Dimensions by item, for the items read so far. */
    private final Map<Long, ImageHeader> itemSizes = new HashMap<>();

    private @Nullable Long primaryItem;

    private Heif(BoundedReader file) {
        this.file = file;
    }

    static ImageHeader read(BoundedReader file) throws IOException {
        return new Heif(file).read();
    }

    private ImageHeader read() throws IOException {
        while (IsoBox.FILE.hasNext(file)) {
            IsoBox box = IsoBox.FILE.next(file);
            if (box.type() == META) {
                return readMeta(box);
            }
            box.skip(file);
        }
        throw UnreadableImageException.unsupported("the file has no main image");
    }

    private ImageHeader readMeta(IsoBox meta) throws IOException {
        readVersion();
        while (meta.hasNext(file)) {
            IsoBox box = meta.next(file);
            if (box.type() == PRIMARY_ITEM) {
                primaryItem = readVersion() == 0 ? file.readUnsignedShort() : file.readUnsignedInt();
            } else if (box.type() == ITEM_PROPERTIES) {
                readItemProperties(box);
            }
            ImageHeader found = primaryItem == null ? null : itemSizes.get(primaryItem);
            if (found != null) {
                return found;
            }
            box.skip(file);
        }
        throw primaryItem == null
                ? UnreadableImageException.unsupported("the file has no main image")
                : UnreadableImageException.damaged();
    }

    private void readItemProperties(IsoBox properties) throws IOException {
        while (properties.hasNext(file)) {
            IsoBox box = properties.next(file);
            if (box.type() == PROPERTIES) {
                readSizes(box);
            } else if (box.type() == ASSOCIATIONS) {
                readAssociations();
            }
            box.skip(file);
        }
    }

    /** Properties are numbered from 1. */
    private void readSizes(IsoBox container) throws IOException {
        for (int number = 1; container.hasNext(file); number++) {
            IsoBox property = container.next(file);
            if (property.type() == SIZE) {
                readVersion();
                store(sizes, number, ImageHeader.of(file.readUnsignedInt(), file.readUnsignedInt()));
            }
            property.skip(file);
        }
    }

    private void readAssociations() throws IOException {
        int version = file.readUnsignedByte();
        file.skip(2);
        boolean wide = (file.readUnsignedByte() & 1) != 0;
        long items = file.readUnsignedInt();
        for (long i = 0; i < items; i++) {
            long item = version == 0 ? file.readUnsignedShort() : file.readUnsignedInt();
            for (int remaining = file.readUnsignedByte(); remaining > 0; remaining--) {
                // The highest bit states whether the property is essential.
                int number = wide ? file.readUnsignedShort() & 0x7FFF : file.readUnsignedByte() & 0x7F;
                ImageHeader size = sizes.get(number);
                if (size != null && (primaryItem == null || primaryItem == item)) {
                    store(itemSizes, item, size);
                }
            }
        }
    }

    private static <K> void store(Map<K, ImageHeader> map, K key, ImageHeader size) throws UnreadableImageException {
        if (map.size() >= MAX_STORED) {
            throw UnreadableImageException.unsupported("the file has more than " + MAX_STORED + " images");
        }
        map.putIfAbsent(key, size);
    }

    /** Reads the beginning of a full box: returns its version and skips its flags. */
    private int readVersion() throws IOException {
        int version = file.readUnsignedByte();
        file.skip(3);
        return version;
    }
}
