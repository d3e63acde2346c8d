package io.imageprocessor.image.format;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Determines why a file cannot be measured: it is an unsupported image or video, or other content. */
final class OtherContent {

    /** Number of bytes at the beginning of the file that are searched. */
    private static final int SEARCHED = 4 * 1024;

    /** The root element of an SVG, after declarations and comments only, because an HTML page may contain an SVG. */
    private static final Pattern SVG = Pattern.compile(
            "\\s*+(?:(?:<\\?.*?\\?>|<!--.*?-->|<!DOCTYPE\\s++(?:[\\w.-]++:)?+svg\\b[^\\[>]*+(?:\\[.*?]\\s*+)?>)\\s*+)*+"
                    + "<(?:[\\w.-]+:)?svg[\\s/>]",
            Pattern.DOTALL);

    private OtherContent() {}

    /** A signature: the beginning of the file, further bytes at an offset, and the content that they identify. */
    private record Known(String beginning, int offset, String magic, String name) {

        Known(int offset, String magic, String name) {
            this("", offset, magic, name);
        }

        boolean matches(Signature start) {
            return start.is(beginning) && start.is(offset, magic);
        }
    }

    /** More specific signatures precede more general ones. */
    private static final List<Known> KNOWN = List.of(
            new Known(0, "\u00FF\n", "JPEG XL"),
            new Known(4, "JXL \r\n\u0087\n", "JPEG XL"),
            new Known(4, "JXS \r\n\u0087\n", "JPEG XS"),
            new Known(0, "II\u00BC\u0001", "JPEG XR"),
            new Known(0, "\u0097JB2\r\n\u001A\n", "JBIG2"),
            new Known(0, "\u008AMNG\r\n", "MNG"),
            new Known(0, "\u008BJNG\r\n", "JNG"),
            new Known(0, "v/1\u0001", "OpenEXR"),
            new Known(0, "#?RADIANCE", "Radiance HDR"),
            new Known(0, "#?RGBE", "Radiance HDR"),
            new Known(0, "DDS ", "DDS"),
            new Known(0, "\u00ABKTX ", "KTX"),
            new Known(0, "qoif", "QOI"),
            new Known(0, "farbfeld", "Farbfeld"),
            new Known(0, "BPG\u00FB", "BPG"),
            new Known(0, "FLIF", "FLIF"),
            new Known(0, "AT&TFORM", "DjVu"),
            new Known("FORM", 8, "ILBM", "ILBM"),
            new Known("FORM", 8, "PBM ", "ILBM"),
            new Known("RIFF", 8, "ACON", "ANI"),
            new Known(0, "icns", "ICNS"),
            new Known(0, "gimp xcf", "XCF"),
            new Known(0, "Paint Shop Pro Image File", "PSP"),
            new Known(0, "id=ImageMagick", "MIFF"),
            new Known(0, "/* XPM */", "XPM"),
            new Known(0, "PF\n", "PFM"),
            new Known(0, "PF\r\n", "PFM"),
            new Known(0, "Pf\n", "PFM"),
            new Known(0, "Pf\r\n", "PFM"),
            new Known(0, "Y\u00A6j\u0095", "Sun raster"),
            new Known(0, "SDPX", "DPX"),
            new Known(0, "XPDS", "DPX"),
            new Known(0, "\u0080*_\u00D7", "Cineon"),
            new Known(0, "SIMPLE  =", "FITS"),
            new Known(128, "DICM", "DICOM"),
            // A header of 512 bytes, a length, four coordinates and the version; the clipboard has no header.
            new Known(522, "\0\u0011\u0002\u00FF\u000C\0", "PICT"),
            new Known("\0\0\0\0", 522, "\u0011\u0001", "PICT"),
            new Known(10, "\0\u0011\u0002\u00FF\u000C\0", "PICT"),
            new Known("BA", 14, "IC", "OS/2 icon"),
            new Known("BA", 14, "CI", "OS/2 icon"),
            new Known("BA", 14, "PT", "OS/2 pointer"),
            new Known("BA", 14, "CP", "OS/2 pointer"),
            // Raw photos.
            new Known(4, "ftypcrx ", "CR3"),
            new Known("\0\0\0\u0001ftyp", 16, "crx ", "CR3"),
            new Known(0, "II\u001A\0\0\0HEAPCCDR", "CRW"),
            new Known(0, "IIU\0", "RW2"),
            new Known(0, "IIRO", "ORF"),
            new Known(0, "IIRS", "ORF"),
            new Known(0, "MMOR", "ORF"),
            new Known(0, "FUJIFILMCCD-RAW", "RAF"),
            new Known(0, "\0MRM", "MRW"),
            new Known(0, "FOVb", "X3F"),
            // Documents and drawings.
            new Known(0, "%PDF-", "PDF"),
            new Known(0, "%!PS", "PostScript"),
            new Known(0, "\u00C5\u00D0\u00D3\u00C6", "PostScript"),
            new Known(0, "\u00D7\u00CD\u00C6\u009A", "WMF"),
            new Known(0, "\u0001\0\t\0\0\u0003", "WMF"),
            new Known(40, " EMF", "EMF"),
            // Videos.
            new Known(4, "ftyp", "video"),
            new Known(4, "wide", "video"),
            new Known(4, "moov", "video"),
            new Known(4, "mdat", "video"),
            new Known(8, "AVI ", "video"),
            new Known(0, "\u001AE\u00DF\u00A3", "video"),
            new Known(0, "\0\0\u0001\u00BA", "video"),
            new Known(0, "\0\0\u0001\u00B3", "video"),
            new Known(0, "FLV\u0001", "video"),
            new Known(0, "OggS", "video"),
            new Known(0, "0&\u00B2u\u008Ef\u00CF\u0011", "video"));

    /** Returns whether {@code file}, whose position must be 0, has the signature of an unsupported format. */
    static boolean isKnown(BoundedReader file) throws IOException {
        return nameOf(new Signature(file.buffer(), file.peek(SEARCHED))) != null;
    }

    /** Returns the name of the unsupported format of a file, or null. */
    private static @Nullable String nameOf(Signature start) {
        for (Known known : KNOWN) {
            if (known.matches(start)) {
                return known.name();
            }
        }
        return isPcx(start) ? "PCX" : isSgi(start) ? "SGI" : isTransportStream(start) ? "video" : null;
    }

    /** Returns why {@code file}, whose position must be 0, is not measured. */
    static UnreadableImageException of(BoundedReader file) throws IOException {
        int length = file.peek(SEARCHED);
        if (length == 0) {
            return UnreadableImageException.empty();
        }
        Signature start = new Signature(file.buffer(), length);
        @Nullable String name = nameOf(start);
        if (name == null && isSvg(start)) {
            name = "SVG";
        }
        return name == null ? UnreadableImageException.notAnImage() : UnreadableImageException.unsupportedFormat(name);
    }

    /** One byte of signature, so other fields must be legal too: the version, the bits, the window and the planes. */
    private static boolean isPcx(Signature start) {
        return start.length() > 70
                && start.byteAt(0) == 0x0A
                && start.byteAt(1) >= 0
                && start.byteAt(1) <= 5
                && (start.byteAt(2) == 0 || start.byteAt(2) == 1)
                && Set.of(1, 2, 4, 8).contains((int) start.byteAt(3))
                && start.shortAt(4) <= start.shortAt(8)
                && start.shortAt(6) <= start.shortAt(10)
                && start.byteAt(64) == 0
                && start.byteAt(65) >= 1
                && start.byteAt(65) <= 4;
    }

    /** Two bytes of signature, then the storage, the bytes per sample, and the number of dimensions. */
    private static boolean isSgi(Signature start) {
        return start.is("\u0001\u00DA")
                && start.length() > 12
                && (start.byteAt(2) == 0 || start.byteAt(2) == 1)
                && (start.byteAt(3) == 1 || start.byteAt(3) == 2)
                && start.byteAt(4) == 0
                && start.byteAt(5) >= 1
                && start.byteAt(5) <= 3;
    }

    /** Ignores byte order marks, and the zero bytes of UTF-16. */
    private static boolean isSvg(Signature start) {
        return SVG.matcher(start.text().replaceAll("[\0\u00EF\u00BB\u00BF\u00FE\u00FF]", ""))
                .lookingAt();
    }

    /** MPEG transport streams consist of packets of 188 bytes that all begin with the same byte. */
    private static boolean isTransportStream(Signature start) {
        return start.is("G") && start.is(188, "G") && start.is(2 * 188, "G");
    }
}
