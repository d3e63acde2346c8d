package io.imageprocessor.image.format;

import java.io.IOException;

/**
 * Photoshop's PSD and PSB, going by Adobe's file format specification. The library reader takes a palette of any
 * claimed length into memory before it tells the size.
 */
final class Psd {

    /** Signature, version, six reserved bytes, number of channels. */
    private static final int BEFORE_SIZE = 14;

    private Psd() {}

    static ImageHeader read(BoundedReader file) throws IOException {
        file.skip(BEFORE_SIZE);
        long height = file.readUnsignedInt();
        long width = file.readUnsignedInt();
        return ImageHeader.of(width, height);
    }
}
