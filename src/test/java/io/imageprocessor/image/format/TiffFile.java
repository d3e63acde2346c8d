package io.imageprocessor.image.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes TIFF files of directories without pixels, for tests. Directories are placed in the order of their numbers. */
final class TiffFile {

    static final int SHORT = 3;
    static final int LONG = 4;

    private final ByteOrder order;
    private final boolean big;
    private final String signature;
    private final List<Directory> directories = new ArrayList<>();

    private TiffFile(ByteOrder order, boolean big, String signature) {
        this.order = order;
        this.big = big;
        this.signature = signature;
    }

    static TiffFile classic(ByteOrder order) {
        return new TiffFile(order, false, "");
    }

    static TiffFile big(ByteOrder order) {
        return new TiffFile(order, true, "");
    }

    /** Creates a file with a camera maker's signature behind the header. */
    static TiffFile signed(ByteOrder order, String signature) {
        return new TiffFile(order, false, signature);
    }

    private record Field(int tag, int type, long value) {}

    /** One directory. */
    final class Directory {

        private final List<Field> fields = new ArrayList<>();
        private int[] subDirectories = {};
        private int exif = -1;
        private int next = -1;
        private int gap;

        Directory with(int tag, int type, long value) {
            fields.add(new Field(tag, type, value));
            return this;
        }

        Directory size(int width, int height) {
            return with(256, LONG, width).with(257, LONG, height);
        }

        /** Sets the numbers of the subdirectories. */
        Directory subDirectories(int... numbers) {
            subDirectories = numbers;
            return this;
        }

        Directory exif(int number) {
            exif = number;
            return this;
        }

        Directory next(int number) {
            next = number;
            return this;
        }

        /** Adds bytes before the directory, such as pixels. */
        Directory after(int bytes) {
            gap = bytes;
            return this;
        }

        byte[] bytes() {
            return TiffFile.this.bytes();
        }

        private int count() {
            return fields.size() + (subDirectories.length > 0 ? 1 : 0) + (exif >= 0 ? 1 : 0);
        }

        private int listLength() {
            return subDirectories.length > 1 ? subDirectories.length * offsetLength() : 0;
        }

        private int length() {
            return (big ? 8 + 20 * count() + 8 : 2 + 12 * count() + 4) + listLength();
        }
    }

    Directory directory() {
        Directory directory = new Directory();
        directories.add(directory);
        return directory;
    }

    private int offsetLength() {
        return big ? 8 : 4;
    }

    byte[] bytes() {
        int[] positions = new int[directories.size()];
        int length = (big ? 16 : 8) + signature.length();
        for (int i = 0; i < positions.length; i++) {
            positions[i] = length + directories.get(i).gap;
            length = positions[i] + directories.get(i).length();
        }
        ByteBuffer file = ByteBuffer.allocate(length).order(order);
        file.put((order == ByteOrder.LITTLE_ENDIAN ? "II" : "MM").getBytes(StandardCharsets.ISO_8859_1));
        file.putShort((short) (big ? 43 : 42));
        if (big) {
            file.putInt(order == ByteOrder.LITTLE_ENDIAN ? 8 : 0x00080000);
        }
        offset(file, positions[0]);
        file.put(signature.getBytes(StandardCharsets.ISO_8859_1));
        for (int i = 0; i < positions.length; i++) {
            file.position(positions[i]);
            write(file, directories.get(i), positions);
        }
        return file.array();
    }

    private void write(ByteBuffer file, Directory directory, int[] positions) {
        if (big) {
            file.putLong(directory.count());
        } else {
            file.putShort((short) directory.count());
        }
        for (Field field : directory.fields) {
            field(file, field.tag, field.type, 1, field.value);
        }
        int listAt = file.position() + (directory.count() - directory.fields.size()) * (big ? 20 : 12) + offsetLength();
        int type = big ? 18 : LONG;
        int[] subDirectories = directory.subDirectories;
        if (subDirectories.length > 0) {
            field(
                    file,
                    330,
                    type,
                    subDirectories.length,
                    subDirectories.length == 1 ? positions[subDirectories[0]] : listAt);
        }
        if (directory.exif >= 0) {
            field(file, 34665, type, 1, positions[directory.exif]);
        }
        offset(file, directory.next < 0 ? 0 : positions[directory.next]);
        if (subDirectories.length > 1) {
            for (int number : subDirectories) {
                offset(file, positions[number]);
            }
        }
    }

    private void field(ByteBuffer file, int tag, int type, int count, long value) {
        file.putShort((short) tag).putShort((short) type);
        offset(file, count);
        int end = file.position() + offsetLength();
        if (type == SHORT || type == 8) {
            file.putShort((short) value);
        } else if (type == LONG) {
            file.putInt((int) value);
        } else {
            offset(file, value);
        }
        file.position(end);
    }

    private void offset(ByteBuffer file, long value) {
        if (big) {
            file.putLong(value);
        } else {
            file.putInt((int) value);
        }
    }
}
