package io.imageprocessor.image.format;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.imageprocessor.image.format.UnreadableImageException.Reason;

/** Returns the reasons of files that cannot be measured. */
final class Failures {

    private static final DimensionsReader READER = new DimensionsReader();

    private Failures() {}

    /** Returns why {@code file}, read to its end, cannot be measured. */
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
