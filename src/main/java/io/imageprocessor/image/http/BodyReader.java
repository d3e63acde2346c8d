package io.imageprocessor.image.http;

import io.imageprocessor.image.ImageFailedException;

/** Reads a body while its connection is open. */
@FunctionalInterface
public interface BodyReader<T> {

    /** Returns the result of reading {@code body}, which is closed afterwards. */
    T read(HttpBody body) throws ImageFailedException;
}
