package io.imageprocessor.stores;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of a file that show a change without reading its content.
 *
 * @param readable whether this process may read the file; permissions can change without a new modification time
 * @param key identifies the file behind a symbolic link; null on file systems without file keys
 */
record FileState(
        FileTime modified,
        long size,
        boolean readable,
        @Nullable Object key) {

    /** Returns the state of the file at this path; symbolic links are followed. */
    static FileState of(Path path) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        return new FileState(
                attributes.lastModifiedTime(), attributes.size(), Files.isReadable(path), attributes.fileKey());
    }
}
