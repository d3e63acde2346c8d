package io.imageprocessor.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.imageio.ImageIO;

/** Creates image files for tests with ImageIO. */
public final class Photos {

    private Photos() {}

    /** Creates a black image in {@code format}, by the names of ImageIO. */
    public static byte[] photo(String format, int width, int height) {
        int type = format.equals("wbmp") ? BufferedImage.TYPE_BYTE_BINARY : BufferedImage.TYPE_INT_RGB;
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(new BufferedImage(width, height, type), format, file)) {
                throw new IllegalArgumentException(format);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file.toByteArray();
    }

    public static byte[] jpeg(int width, int height) {
        return photo("jpeg", width, height);
    }

    /**
     * Creates a JPEG with about {@code kilobytes} of EXIF before its frame header, including thumbnails of another
     * size.
     */
    public static byte[] jpegWithExif(int width, int height, int kilobytes) {
        byte[] plain = jpeg(width, height);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(plain, 0, 2);
        byte[] thumbnail = jpeg(16, 12);
        for (int remaining = kilobytes; remaining > 0; remaining -= 32) {
            int length = Math.min(remaining, 32) * 1024;
            byte[] segment = new byte[length + 2];
            segment[0] = (byte) 0xFF;
            segment[1] = (byte) 0xE1;
            segment[2] = (byte) (length >> 8);
            segment[3] = (byte) length;
            System.arraycopy("Exif\0\0".getBytes(StandardCharsets.ISO_8859_1), 0, segment, 4, 6);
            System.arraycopy(thumbnail, 0, segment, 16, Math.min(thumbnail.length, length - 16));
            file.writeBytes(segment);
        }
        file.write(plain, 2, plain.length - 2);
        return file.toByteArray();
    }

    /** Returns {@code file} padded to {@code length} with zero bytes, which no reader reads. */
    public static byte[] padded(byte[] file, int length) {
        return Arrays.copyOf(file, length);
    }
}
