package io.imageprocessor.stores;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import lombok.AccessLevel;
import lombok.RequiredArgsConstructor;
import org.jspecify.annotations.Nullable;

/** The file of the store master. Thread-safe. */
@RequiredArgsConstructor(access = AccessLevel.PACKAGE)
final class StoreMasterFile {

    /** A network drive may not answer, and a reload must end. */
    static final Duration MAX_TIME = Duration.ofSeconds(30);

    private final String path;
    private final Callable<StoreRegistry> source;
    private final Duration maxTime;
    private volatile Optional<FileState> lastRead = Optional.empty();

    /** The thread of a read that did not end in time; guarded by this. */
    private @Nullable Thread hanging;

    StoreMasterFile(String path, StoreMasterLimits limits) {
        this(path, () -> new StoreRegistry(StoreMasterCsv.load(path, limits)), MAX_TIME);
    }

    /**
     * Reads the stores, for at most 30 s. Reads nothing while an earlier read still hangs, so that at most one thread
     * does.
     *
     * @throws StoreMasterException if the file cannot be read, is malformed, exceeds a limit or has no stores
     */
    synchronized StoreRegistry read() {
        if (hanging != null && hanging.isAlive()) {
            throw StoreMasterException.of(path, "not read, because an earlier read does not end");
        }
        FutureTask<StoreRegistry> read = new FutureTask<>(this::readNow);
        Thread thread = Thread.ofPlatform().daemon().name("store-master").start(read);
        try {
            return read.get(maxTime.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            read.cancel(true);
            hanging = thread;
            throw StoreMasterException.of(path, "not read within %d s".formatted(maxTime.toSeconds()));
        } catch (InterruptedException e) {
            read.cancel(true);
            hanging = thread;
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

    private StoreRegistry readNow() throws Exception {
        // Taken before reading, so that a write during the read counts as a change.
        lastRead = state();
        return source.call();
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
