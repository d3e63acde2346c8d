package io.imageprocessor.image.format;

import java.io.IOException;
import java.util.List;
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

    /** A signature: bytes at an offset, and the content that they identify. */
    private record Known(int offset, String magic, String name) {

        String unsupportedMessage() {
            return name + " is not supported";
        }
    }

    private static final List<Known> KNOWN = List.of(
            new Known(0, "\u00FF\n", "JPEG XL"),
            new Known(4, "JXL \r\n\u0087\n", "JPEG XL"),
            new Known(0, "II\u00BC\u0001", "JPEG XR"),
            new Known(0, "\u008AMNG\r\n", "MNG"),
            new Known(0, "\u008BJNG\r\n", "JNG"),
            new Known(0, "v/1\u0001", "OpenEXR"),
            new Known(0, "#?RADIANCE", "Radiance HDR"),
            new Known(0, "DDS ", "DDS"),
            new Known(0, "qoif", "QOI"),
            new Known(0, "BPG\u00FB", "BPG"),
            new Known(0, "FLIF", "FLIF"),
            new Known(0, "AT&TFORM", "DjVu"),
            new Known(0, "gimp xcf", "XCF"),
            new Known(0, "Y\u00A6j\u0095", "Sun raster"),
            new Known(0, "%PDF-", "PDF"),
            new Known(0, "%!PS", "PostScript"),
            new Known(0, "\u00C5\u00D0\u00D3\u00C6", "PostScript"),
            new Known(0, "\u00D7\u00CD\u00C6\u009A", "WMF"),
            new Known(40, " EMF", "EMF"),
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
        return knownOf(new Signature(file.buffer(), file.peek(SEARCHED))) != null;
    }

    private static @Nullable Known knownOf(Signature start) {
        for (Known known : KNOWN) {
            if (start.is(known.offset(), known.magic())) {
                return known;
            }
        }
        return null;
    }

    /** Returns why {@code file}, whose position must be 0, is not measured. */
    static UnreadableImageException of(BoundedReader file) throws IOException {
        int length = file.peek(SEARCHED);
        if (length == 0) {
            return UnreadableImageException.empty();
        }
        Signature start = new Signature(file.buffer(), length);
        @Nullable Known known = knownOf(start);
        if (known != null) {
            return UnreadableImageException.unsupported(known.unsupportedMessage());
        }
        if (isTransportStream(start)) {
            return UnreadableImageException.unsupported("video is not supported");
        }
        return isSvg(start)
                ? UnreadableImageException.unsupported("SVG is not supported")
                : UnreadableImageException.notAnImage();
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
