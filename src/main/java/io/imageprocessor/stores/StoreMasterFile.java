package io.imageprocessor.stores;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import lombok.RequiredArgsConstructor;

/** The file of the store master. Thread-safe. */
@RequiredArgsConstructor
final class StoreMasterFile {

    private final String path;
    private volatile Optional<FileState> lastRead = Optional.empty();

    /**
     * Reads the stores.
     *
     * @throws StoreMasterException if the file cannot be read, is malformed or has no stores
     */
    StoreRegistry read() {
        // Taken before reading, so that a write during the read counts as a change.
        lastRead = state();
        return new StoreRegistry(StoreMasterCsv.load(path));
    }

    /** Returns the current state of the file; empty if the file is missing or inaccessible. */
    Optional<FileState> state() {
        try {
            return Optional.of(FileState.of(Path.of(path)));
        } catch (IOException | InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** Returns the state of the file at the last read, successful or not. */
    Optional<FileState> lastRead() {
        return lastRead;
    }
}
