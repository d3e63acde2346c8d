package io.imageprocessor.image.format;

import com.twelvemonkeys.imageio.plugins.bmp.CURImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.bmp.ICOImageReaderSpi;
import io.imageprocessor.image.ImageDimensions;
import io.imageprocessor.image.format.ImageHeader.Ending;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * Reads the dimensions of an image from its bytes, without decoding a pixel.
 *
 * <p>Only the bytes determine the format. Libraries read the formats whose dimensions they find in the header of a
 * file, in memory of that size. For all other formats this package has its own readers; the Javadoc of each states what
 * the libraries lack. Thread-safe.
 */
public final class DimensionsReader {

    /**
     * Minimum length in bytes of the buffer, which is all the memory that a file can use, except for {@link HeifSizes}.
     */
    public static final int BUFFER_SIZE = 64 * 1024;

    /** Bytes per read if only the header is needed, so that the origin sends few bytes that are not used. */
    private static final int HEADER_READ_SIZE = 16 * 1024;

    private final Map<ImageFormat, ImageHeader.Reader> readers = new EnumMap<>(ImageFormat.class);

    /** Creates a reader for all formats. */
    public DimensionsReader() {
        for (ImageFormat format : ImageFormat.values()) {
            readers.put(format, readerOf(format));
        }
    }

    private static ImageHeader.Reader readerOf(ImageFormat format) {
        return switch (format) {
            case JPEG -> Jpeg::read;
            case PNG -> new ImageIoReader(ImageIoReader.ofJavaRuntime("png"), Png::reachEnd);
            case GIF -> Gif::read;
            case BMP -> Bmp::read;
            case WBMP -> Wbmp::read;
            case TIFF -> Tiff::read;
            case WEBP -> WebP::read;
            case AVIF, HEIC, HEIF -> Heif::read;
            case JPEG2000 -> Jpeg2000::read;
            case ICO -> new ImageIoReader(new ICOImageReaderSpi(), Ending.UNKNOWN);
            case CUR -> new ImageIoReader(new CURImageReaderSpi(), Ending.UNKNOWN);
            case PSD -> Psd::read;
            case PNM -> Pnm::read;
            case TGA -> Tga::read;
        };
    }

    /**
     * Reads a file until its dimensions are known.
     *
     * @param buffer the buffer, at least {@link #BUFFER_SIZE}; its content is undefined afterwards
     * @throws UnreadableImageException if the file has no valid dimensions
     * @throws IOException the exception of {@code source}
     */
    public ImageDimensions readHeader(ByteSource source, byte[] buffer) throws IOException {
        BoundedReader file = new BoundedReader(source, buffer, HEADER_READ_SIZE);
        ImageFormat format = FormatDetector.detect(file);
        return validated(format, headerOf(format, file));
    }

    /**
     * Reads a file to its end. Also checks that the image is complete, for formats where that is cheap.
     *
     * @param buffer as for {@link #readHeader}
     * @throws UnreadableImageException if the file has no valid dimensions, or ends before the image does
     * @throws IOException the exception of {@code source}
     */
    public ImageDimensions readWhole(ByteSource source, byte[] buffer) throws IOException {
        BoundedReader file = new BoundedReader(source, buffer, buffer.length);
        ImageFormat format = FormatDetector.detect(file);
        ImageHeader header = headerOf(format, file);
        ImageDimensions dimensions = validated(format, header);
        header.ending().reach(file);
        file.skipToEnd();
        return dimensions;
    }

    private ImageHeader headerOf(ImageFormat format, BoundedReader file) throws IOException {
        return Objects.requireNonNull(readers.get(format)).read(file);
    }

    private static ImageDimensions validated(ImageFormat format, ImageHeader header) throws UnreadableImageException {
        if (!isValid(header.width()) || !isValid(header.height())) {
            throw UnreadableImageException.invalidDimensions();
        }
        return new ImageDimensions((int) header.width(), (int) header.height(), format.label());
    }

    private static boolean isValid(long pixels) {
        return pixels > 0 && pixels <= Integer.MAX_VALUE;
    }
}
