package io.imageprocessor.image.format;

import java.io.IOException;

/**
 * Reads PSD and PSB by Adobe's file format specification. The library reader loads a palette of any claimed length into
 * memory before it returns the dimensions.
 */
final class Psd {

    /** Length of signature, version, six reserved bytes and number of channels. */
    private static final int BEFORE_SIZE = 14;

    private Psd() {}

    static ImageHeader read(BoundedReader file) throws IOException {
        file.skip(BEFORE_SIZE);
        long height = file.readUnsignedInt();
        long width = file.readUnsignedInt();
        return ImageHeader.of(width, height);
    }
}
