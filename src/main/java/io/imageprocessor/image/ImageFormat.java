package io.imageprocessor.image;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the first bytes of a file say it is, going by the magic numbers of the formats' specifications. */
enum ImageFormat {
    JPEG(true),
    PNG(true),
    GIF(true),
    BMP(true),
    TIFF(true),
    WBMP(true),
    WEBP(false),
    HEIF(false),
    VIDEO(false),
    JPEG2000(false),
    JPEGXL(false),
    ICO(false),
    PSD(false),
    PNM(false),
    SVG(false);

    /** Bytes that are enough to tell all formats apart but SVG, which is text. */
    static final int MAGIC_LENGTH = 32;

    private static final int SVG_SEARCHED = 1024;

    private final boolean readable;

    /** One string for all images of the format: a result keeps it. */
    private final String label = name().toLowerCase(Locale.ROOT);

    ImageFormat(boolean readable) {
        this.readable = readable;
    }

    /** Whether there is a reader for it. */
    boolean readable() {
        return readable;
    }

    /** The name in lower case, as results have it. */
    String label() {
        return label;
    }

    /** The format of a file that begins with {@code length} bytes of {@code head}, or empty if it is none of these. */
    static Optional<ImageFormat> of(byte[] head, int length) {
        return Optional.ofNullable(
                switch (length < 4 ? 0 : head[0] & 0xFF) {
                    case 0xFF -> starts(head, length, "\u00FF\u00D8\u00FF") ? JPEG : afterFf(head, length);
                    case 0x89 -> starts(head, length, "\u0089PNG\r\n\u001A\n") ? PNG : null;
                    case 'G' -> starts(head, length, "GIF87a") || starts(head, length, "GIF89a") ? GIF : null;
                    case 'B' -> isBmp(head, length) ? BMP : null;
                    case 'I', 'M' -> isTiff(head, length) ? TIFF : null;
                    case 'R' -> starts(head, length, "RIFF") && at(head, length, 8, "WEBP") ? WEBP : null;
                    case '8' -> starts(head, length, "8BPS") ? PSD : null;
                    case 'P' -> isPnm(head) ? PNM : null;
                    case 0 -> afterZero(head, length);
                    case '<', ' ', '\t', '\r', '\n', 0xEF -> isSvg(head, length) ? SVG : null;
                    default -> null;
                });
    }

    private static @Nullable ImageFormat afterFf(byte[] head, int length) {
        if (starts(head, length, "\u00FF\n")) {
            return JPEGXL;
        }
        return starts(head, length, "\u00FFO\u00FFQ") ? JPEG2000 : null;
    }

    private static @Nullable ImageFormat afterZero(byte[] head, int length) {
        if (at(head, length, 4, "ftyp")) {
            String brand = new String(head, 8, Math.clamp(length - 8L, 0, 4), StandardCharsets.ISO_8859_1);
            return switch (brand) {
                case "avif", "avis", "mif1", "msf1", "heic", "heix", "heim", "heis", "hevc", "hevx" -> HEIF;
                default -> VIDEO;
            };
        }
        if (at(head, length, 4, "jP  ")) {
            return JPEG2000;
        }
        if (at(head, length, 4, "JXL ")) {
            return JPEGXL;
        }
        if (starts(head, length, "\0\0\u0001\0") || starts(head, length, "\0\0\u0002\0")) {
            return ICO;
        }
        return starts(head, length, "\0\0") ? WBMP : null;
    }

    /** Two letters would make a bitmap of many a text, so the size of its second header has to be one in use as well. */
    private static boolean isBmp(byte[] head, int length) {
        if (length < 18 || !starts(head, length, "BM")) {
            return false;
        }
        int size = (head[14] & 0xFF) | (head[15] & 0xFF) << 8 | (head[16] & 0xFF) << 16 | head[17] << 24;
        return switch (size) {
            case 12, 16, 40, 52, 56, 64, 108, 124 -> true;
            default -> false;
        };
    }

    private static boolean isTiff(byte[] head, int length) {
        return starts(head, length, "II*\0")
                || starts(head, length, "MM\0*")
                || starts(head, length, "II+\0")
                || starts(head, length, "MM\0+");
    }

    private static boolean isPnm(byte[] head) {
        return head[1] >= '1' && head[1] <= '7' && (head[2] == '\n' || head[2] == '\r' || head[2] == ' ');
    }

    private static boolean isSvg(byte[] head, int length) {
        String text = new String(head, 0, Math.min(length, SVG_SEARCHED), StandardCharsets.ISO_8859_1);
        int svg = text.indexOf("<svg");
        // An HTML page may hold a drawing; it is no drawing for that.
        return svg >= 0 && !text.substring(0, svg).toLowerCase(Locale.ROOT).contains("<html");
    }

    private static boolean starts(byte[] head, int length, String magic) {
        return at(head, length, 0, magic);
    }

    private static boolean at(byte[] head, int length, int offset, String magic) {
        if (length < offset + magic.length()) {
            return false;
        }
        for (int i = 0; i < magic.length(); i++) {
            if ((head[offset + i] & 0xFF) != magic.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
