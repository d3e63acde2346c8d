package io.imageprocessor.stores;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import lombok.RequiredArgsConstructor;

/** The file of the store master. Thread-safe. */
@RequiredArgsConstructor
final class StoreMasterFile {

    /** A network drive may not answer, and a reload must end. */
    private static final Duration MAX_TIME = Duration.ofSeconds(30);

    private final String path;
    private final StoreMasterLimits limits;
    private volatile Optional<FileState> lastRead = Optional.empty();

    /**
     * Reads the stores, for at most 30 s.
     *
     * @throws StoreMasterException if the file cannot be read, is malformed, exceeds a limit or has no stores
     */
    StoreRegistry read() {
        // Taken before reading, so that a write during the read counts as a change.
        lastRead = state();
        FutureTask<StoreRegistry> reading =
                new FutureTask<>(() -> new StoreRegistry(StoreMasterCsv.load(path, limits)));
        Thread.ofPlatform().daemon().name("store-master").start(reading);
        try {
            return reading.get(MAX_TIME.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            reading.cancel(true);
            throw StoreMasterException.of(path, "not read within %d s".formatted(MAX_TIME.toSeconds()));
        } catch (InterruptedException e) {
            reading.cancel(true);
            Thread.currentThread().interrupt();
            throw StoreMasterException.of(path, "not read, because the service stops");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StoreMasterException rejection) {
                throw rejection;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e);
        }
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
