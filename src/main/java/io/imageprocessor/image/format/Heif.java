package io.imageprocessor.image.format;

import java.io.IOException;
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

    private final BoundedReader file;
    private final HeifSizes sizes = new HeifSizes();
    private @Nullable Long primaryItem;
    private @Nullable ImageHeader found;

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
                readPrimaryItem();
            } else if (box.type() == ITEM_PROPERTIES) {
                readItemProperties(box);
            }
            if (found != null) {
                return found;
            }
            box.skip(file);
        }
        throw primaryItem == null
                ? UnreadableImageException.unsupported("the file has no main image")
                : UnreadableImageException.damaged();
    }

    /** Only the first such box counts: a file has one. */
    private void readPrimaryItem() throws IOException {
        if (primaryItem == null) {
            long item = readVersion() == 0 ? file.readUnsignedShort() : file.readUnsignedInt();
            primaryItem = item;
            found = sizes.ofItem(item);
        }
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
            if (property.type() == SIZE && number <= HeifSizes.MAX_PROPERTY) {
                readVersion();
                sizes.addProperty(number, (int) file.readUnsignedInt(), (int) file.readUnsignedInt());
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
            int sizeOfItem = 0;
            for (int remaining = file.readUnsignedByte(); remaining > 0; remaining--) {
                // The highest bit states whether the property is essential.
                int number = wide ? file.readUnsignedShort() & 0x7FFF : file.readUnsignedByte() & 0x7F;
                sizeOfItem = sizeOfItem == 0 && sizes.isSize(number) ? number : sizeOfItem;
            }
            if (sizeOfItem != 0) {
                assign(item, sizeOfItem);
            }
        }
    }

    private void assign(long item, int property) throws UnreadableImageException {
        if (primaryItem == null) {
            sizes.addItem(item, property);
        } else if (primaryItem == item && found == null) {
            found = sizes.ofProperty(property);
        }
    }

    /** Reads the beginning of a full box: returns its version and skips its flags. */
    private int readVersion() throws IOException {
        int version = file.readUnsignedByte();
        file.skip(3);
        return version;
    }
}
