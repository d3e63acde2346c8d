package io.imageprocessor.stores;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * What tells, without reading a file, that it has changed.
 *
 * @param readable whether this process may read it, which may change without any trace in the file
 * @param key tells the file apart from every other that a symbolic link could lead to; null where file systems have
 *     none
 */
record FileState(
        FileTime modified,
        long size,
        boolean readable,
        @Nullable Object key) {

    /** The state of the file that {@code path} leads to, through symbolic links. */
    static FileState of(Path path) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        return new FileState(
                attributes.lastModifiedTime(), attributes.size(), Files.isReadable(path), attributes.fileKey());
    }
}
