package io.imageprocessor.image;

import java.util.Locale;

/** The file formats that are measured. */
public enum ImageFormat {
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

    /** One string for all images of the format: a result keeps it. */
    private final String label = name().toLowerCase(Locale.ROOT);

    /** The name in lower case, as results have it. */
    public String label() {
        return label;
    }
}
