package io.imageprocessor.image.format;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.imageprocessor.image.format.UnreadableImageException.Reason;

/** What files that cannot be measured fail with. */
final class Failures {

    private static final DimensionsReader READER = new DimensionsReader();

    private Failures() {}

    /** The reason, for the file as a whole. */
    static Reason reasonOf(byte[] file) {
        return reasonOf(FileSource.of(file));
    }

    static Reason reasonOf(ByteSource source) {
        return catchThrowableOfType(
                        UnreadableImageException.class,
                        () -> READER.readWhole(source, new byte[DimensionsReader.BUFFER_SIZE]))
                .reason();
    }
}
