package io.imageprocessor.image.format;

import com.twelvemonkeys.imageio.plugins.bmp.BMPImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.bmp.CURImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.bmp.ICOImageReaderSpi;
import io.imageprocessor.image.ImageDimensions;
import io.imageprocessor.image.ImageFormat;
import io.imageprocessor.image.format.ImageHeader.Ending;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * The door of this package: tells an image's size from its bytes, without decoding a pixel. What the bytes are is
 * decided by the bytes alone. Libraries read the formats whose size they tell from the head of a file, in a memory of
 * that size; where none does, a few lines of this package's own do, and each says what was missing. Thread-safe.
 */
public final class DimensionsReader {

    /** The least that a buffer for reading has to hold, in bytes. It is all the memory that a file gets. */
    public static final int BUFFER_SIZE = 64 * 1024;

    /** Where only the head is wanted: what is read in vain, the origin has sent in vain. */
    private static final int PIECE = 16 * 1024;

    private final Map<ImageFormat, ImageHeader.Reader> readers = new EnumMap<>(ImageFormat.class);

    public DimensionsReader() {
        for (ImageFormat format : ImageFormat.values()) {
            readers.put(format, readerOf(format));
        }
    }

    private static ImageHeader.Reader readerOf(ImageFormat format) {
        return switch (format) {
            case JPEG -> Jpeg::read;
            case PNG -> ImageIoReader.of(ImageIoReader.ofJavaRuntime("png"), Png::reachEnd);
            case GIF -> Gif::read;
            case BMP -> ImageIoReader.of(new BMPImageReaderSpi(), Ending.UNKNOWN);
            case WBMP -> ImageIoReader.asking(ImageIoReader.ofJavaRuntime("wbmp"));
            case TIFF -> Tiff::read;
            case WEBP -> WebP::read;
            case AVIF, HEIC, HEIF -> Heif::read;
            case JPEG2000 -> Jpeg2000::read;
            case ICO -> ImageIoReader.of(new ICOImageReaderSpi(), Ending.UNKNOWN);
            case CUR -> ImageIoReader.of(new CURImageReaderSpi(), Ending.UNKNOWN);
            case PSD -> Psd::read;
            case PNM -> Pnm::read;
            case TGA -> Tga::read;
        };
    }

    /**
     * Reads as much of a file as its size takes.
     *
     * @param buffer to read through, at least {@link #BUFFER_SIZE}; its content is arbitrary afterwards
     * @throws UnreadableImageException where the bytes have no size to tell
     * @throws IOException what {@code source} threw
     */
    public ImageDimensions readHead(ByteSource source, byte[] buffer) throws IOException {
        BoundedReader file = new BoundedReader(source, buffer, PIECE);
        ImageFormat format = FormatDetector.detect(file);
        return checked(format, headOf(format, file));
    }

    /**
     * Reads a file to its end, and checks, where that is cheap to know, that its image is there to its own end.
     *
     * @param buffer as for {@link #readHead}
     * @throws UnreadableImageException where the bytes have no size to tell, or end before the image does
     * @throws IOException what {@code source} threw
     */
    public ImageDimensions readWhole(ByteSource source, byte[] buffer) throws IOException {
        BoundedReader file = new BoundedReader(source, buffer, buffer.length);
        ImageFormat format = FormatDetector.detect(file);
        ImageHeader head = headOf(format, file);
        ImageDimensions dimensions = checked(format, head);
        head.ending().reach(file);
        file.skipToEnd();
        return dimensions;
    }

    private ImageHeader headOf(ImageFormat format, BoundedReader file) throws IOException {
        return Objects.requireNonNull(readers.get(format)).read(file);
    }

    private static ImageDimensions checked(ImageFormat format, ImageHeader head) throws UnreadableImageException {
        if (isNoLength(head.width()) || isNoLength(head.height())) {
            throw UnreadableImageException.invalidDimensions();
        }
        return new ImageDimensions((int) head.width(), (int) head.height(), format.label());
    }

    private static boolean isNoLength(long pixels) {
        return pixels <= 0 || pixels > Integer.MAX_VALUE;
    }
}
