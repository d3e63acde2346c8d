package io.imageprocessor.stores;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import lombok.RequiredArgsConstructor;

/** The file that the stores come from. Thread-safe. */
@RequiredArgsConstructor
final class StoreMasterFile {

    private final String path;
    private volatile Optional<FileState> lastRead = Optional.empty();

    /**
     * Reads the stores.
     *
     * @throws StoreMasterException if the file cannot be read, has no stores or is malformed; says where and why
     */
    StoreRegistry read() {
        // Looked at first, so that what is written while it is being read is a change.
        lastRead = state();
        return new StoreRegistry(StoreMasterCsv.load(path));
    }

    /** How the file is now; empty if it is not there or cannot be looked at. */
    Optional<FileState> state() {
        try {
            return Optional.of(FileState.of(Path.of(path)));
        } catch (IOException | InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** How the file was when it was last read, be it for good or in vain. */
    Optional<FileState> lastRead() {
        return lastRead;
    }
}
