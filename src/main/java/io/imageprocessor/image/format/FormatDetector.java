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

    private FormatDetector() {}

    /**
     * Returns the format of a file, without changing its position.
     *
     * @throws UnreadableImageException if the format is not supported
     */
    static ImageFormat detect(BoundedReader file) throws IOException {
        int length = file.peek(SIGNATURE_LENGTH);
        Signature start = new Signature(file.buffer(), length);
        ImageFormat format = of(start);
        if (format == null) {
            format = guess(start, file);
        }
        if (format == null) {
            throw OtherContent.of(file);
        }
        return format;
    }

    private static @Nullable ImageFormat of(Signature start) {
        return switch (start.firstByte()) {
            case 0xFF -> start.is("\u00FF\u00D8\u00FF") ? JPEG : start.is("\u00FFO\u00FFQ") ? JPEG2000 : null;
            case 0x89 -> start.is("\u0089PNG\r\n\u001A\n") ? PNG : null;
            case 'G' -> start.is("GIF87a") || start.is("GIF89a") ? GIF : null;
            case 'B' -> isBmp(start) ? BMP : null;
            case 'I', 'M' -> isTiff(start) ? TIFF : null;
            case 'R' -> start.is("RIFF") && start.is(8, "WEBP") ? WEBP : null;
            case '8' -> start.is("8BPS\0\u0001") || start.is("8BPS\0\u0002") ? PSD : null;
            case 'P' -> isPnm(start) ? PNM : null;
            default -> ofBoxes(start);
        };
    }

    /** Detects formats whose files begin with the length of a box. */
    private static @Nullable ImageFormat ofBoxes(Signature start) {
        if (start.is(4, "ftyp")) {
            return ofBrands(start);
        }
        return start.is(4, "jP  \r\n\u0087\n") ? JPEG2000 : null;
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

    /** Detects the format by the brands of a file: the major brand and, after a version, the compatible brands. */
    private static @Nullable ImageFormat ofBrands(Signature start) {
        @Nullable ImageFormat format = null;
        int end = Math.min(start.length(), start.intAt(0));
        for (int at = 8; at + 4 <= end; at += at == 8 ? 8 : 4) {
            switch (start.text(at, 4)) {
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

    /** Also checks the size of the second header, because many texts begin with the two letters of the signature. */
    private static boolean isBmp(Signature start) {
        if (!start.is("BM") || start.length() < 18) {
            return false;
        }
        return switch (Integer.reverseBytes(start.intAt(14))) {
            case 12, 16, 40, 52, 56, 64, 108, 124 -> true;
            default -> false;
        };
    }

    private static boolean isTiff(Signature start) {
        return start.is("II*\0") || start.is("MM\0*") || start.is("II+\0\b\0\0\0") || start.is("MM\0+\0\b\0\0");
    }

    private static boolean isPnm(Signature start) {
        String type = start.text(1, 1);
        return start.length() > 2 && "1234567".contains(type) && " \t\r\n#".contains(start.text(2, 1));
    }
}
