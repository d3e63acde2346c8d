package io.imageprocessor.image.format;

import static io.imageprocessor.image.format.ImageFormat.AVIF;
import static io.imageprocessor.image.format.ImageFormat.BMP;
import static io.imageprocessor.image.format.ImageFormat.CUR;
import static io.imageprocessor.image.format.ImageFormat.GIF;
import static io.imageprocessor.image.format.ImageFormat.HEIC;
import static io.imageprocessor.image.format.ImageFormat.HEIF;
import static io.imageprocessor.image.format.ImageFormat.ICO;
import static io.imageprocessor.image.format.ImageFormat.JPEG;
import static io.imageprocessor.image.format.ImageFormat.JPEG2000;
import static io.imageprocessor.image.format.ImageFormat.PNG;
import static io.imageprocessor.image.format.ImageFormat.PNM;
import static io.imageprocessor.image.format.ImageFormat.PSD;
import static io.imageprocessor.image.format.ImageFormat.TGA;
import static io.imageprocessor.image.format.ImageFormat.TIFF;
import static io.imageprocessor.image.format.ImageFormat.WBMP;
import static io.imageprocessor.image.format.ImageFormat.WEBP;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Detects the format of a file by its first bytes, as the specifications of the formats define them. */
final class FormatDetector {

    /** Enough bytes to distinguish all formats. */
    private static final int SIGNATURE_LENGTH = 64;

    /** Limit in bytes for the box of brands; real files have up to twenty brands. */
    private static final int MAX_BRANDS_LENGTH = 4 * 1024;

    /** Limit in bytes for zeros before the first marker of a JPEG. */
    private static final int MAX_FILL_LENGTH = 4 * 1024;

    private FormatDetector() {}

    /**
     * Returns the format of a file, without changing its position.
     *
     * @throws UnreadableImageException if the format is not supported
     */
    static ImageFormat detect(BoundedReader file) throws IOException {
        int length = file.peek(SIGNATURE_LENGTH);
        Signature start = new Signature(file.buffer(), length);
        @Nullable ImageFormat format = of(start, file);
        if (format == null) {
            format = guess(start, file);
        }
        if (format == null) {
            throw OtherContent.of(file);
        }
        return format;
    }

    private static @Nullable ImageFormat of(Signature start, BoundedReader file) throws IOException {
        return switch (start.firstByte()) {
            case 0xFF -> isJpeg(start, file) ? JPEG : start.is("\u00FFO\u00FFQ") ? JPEG2000 : null;
            case 0x89 -> start.is("\u0089PNG\r\n\u001A\n") ? PNG : null;
            case 'G' -> start.is("GIF87a") || start.is("GIF89a") ? GIF : null;
            case 'B' -> Bmp.isHeader(start) ? BMP : null;
            case 'I', 'M' -> isTiff(start) ? TIFF : null;
            case 'R' -> start.is("RIFF") && start.is(8, "WEBP") ? WEBP : null;
            case '8' -> start.is("8BPS\0\u0001") || start.is("8BPS\0\u0002") ? PSD : null;
            case 'P' -> isPnm(start) ? PNM : null;
            default -> start.is(4, "ftyp") ? ofBrands(start, file) : start.is(4, "jP  \r\n\u0087\n") ? JPEG2000 : null;
        };
    }

    /**
     * Detects formats whose files begin with a few small numbers, as many other files do. Their headers must be legal
     * in every field; the readers then also compare the length of the file.
     */
    private static @Nullable ImageFormat guess(Signature start, BoundedReader file) throws IOException {
        ImageFormat guessed = Icon.isDirectory(start, 1, file)
                ? ICO
                : Icon.isDirectory(start, 2, file)
                        ? CUR
                        : Tga.isHeader(start) ? TGA : Wbmp.isHeader(start) ? WBMP : null;
        return guessed == null || OtherContent.isKnown(file) ? null : guessed;
    }

    /**
     * Detects the format by the brands of a file: the major brand and, after a version, the compatible brands. They are
     * in its first box, which may have a length of 64 bits.
     */
    private static @Nullable ImageFormat ofBrands(Signature start, BoundedReader file) throws IOException {
        boolean wide = start.is("\0\0\0\u0001") && start.length() >= 16;
        int first = wide ? 16 : 8;
        long length = wide
                ? (long) start.intAt(8) << 32 | Integer.toUnsignedLong(start.intAt(12))
                : Integer.toUnsignedLong(start.intAt(0));
        int end = file.peek(Math.clamp(length, 0, MAX_BRANDS_LENGTH));
        Signature brands = new Signature(file.buffer(), end);
        @Nullable ImageFormat format = null;
        for (int at = first; at + 4 <= end; at += at == first ? 8 : 4) {
            switch (brands.text(at, 4)) {
                case "avif", "avis" -> {
                    return AVIF;
                }
                case "heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs" -> {
                    return HEIC;
                }
                case "mif1", "mif2", "msf1" -> format = HEIF;
                default -> {
                    // A brand of another standard.
                }
            }
        }
        return format;
    }

    /** Returns whether a marker follows the start of a JPEG, at once or after zeros, which decoders skip. */
    private static boolean isJpeg(Signature start, BoundedReader file) throws IOException {
        if (!start.is("\u00FF\u00D8\0")) {
            return start.is("\u00FF\u00D8\u00FF");
        }
        Signature longer = new Signature(file.buffer(), file.peek(MAX_FILL_LENGTH));
        int at = 2;
        while (at + 2 < longer.length() && longer.byteAt(at) == 0) {
            at++;
        }
        return longer.is(at, "\u00FF") && at + 1 < longer.length() && (longer.byteAt(at + 1) & 0xFF) >= 0xC0;
    }

    private static boolean isTiff(Signature start) {
        return start.is("II*\0") || start.is("MM\0*") || start.is("II+\0\b\0\0\0") || start.is("MM\0+\0\b\0\0");
    }

    private static boolean isPnm(Signature start) {
        String type = start.text(1, 1);
        return start.length() > 2 && "1234567".contains(type) && " \t\r\n\u000B\f#".contains(start.text(2, 1));
    }
}
