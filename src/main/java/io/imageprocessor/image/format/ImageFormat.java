package io.imageprocessor.image.format;

import java.util.Locale;

/** The supported file formats. */
enum ImageFormat {
    JPEG,
    PNG,
    GIF,
    BMP,
    WBMP,
    TIFF,
    WEBP,
    AVIF,
    HEIC,
    HEIF,
    JPEG2000,
    ICO,
    CUR,
    PSD,
    PNM,
    TGA;

    /** One string per format, because every stored result refers to it. */
    private final String label = name().toLowerCase(Locale.ROOT);

    /** Returns the name in lower case, as in results. */
    String label() {
        return label;
    }
}
