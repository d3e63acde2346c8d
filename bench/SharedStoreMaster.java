import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Semaphore;

/**
 * The store master of the services of a soak. A rude client replaces it by a file that the service must refuse; good
 * clients do not reload it meanwhile, because their reload could not succeed. Thread-safe.
 */
final class SharedStoreMaster {

    private static final int USERS = 1_000;
    private static final long HUGE = 300L * 1024 * 1024;

    private final Semaphore users = new Semaphore(USERS, true);
    private final Path good;
    private final Path file;

    /** Copies the project's store master into the folder of the run. */
    SharedStoreMaster(Run run) throws IOException {
        good = Path.of("store_master.csv");
        file = run.work().resolve("store_master.csv");
        restore();
    }

    Path file() {
        return file;
    }

    /** Returns false while a rude client has replaced the file; otherwise to be followed by {@link #release}. */
    boolean tryUse() {
        return users.tryAcquire();
    }

    void release() {
        users.release();
    }

    /** An action while the file is a bad one. */
    @FunctionalInterface
    interface Action {
        void run() throws IOException, InterruptedException;
    }

    /** Replaces the file by a named pipe that nobody writes to, while the action runs. */
    void replaceByPipe(Action action) throws IOException, InterruptedException {
        Path pipe = file.resolveSibling("store_master.pipe");
        Files.deleteIfExists(pipe);
        if (new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() != 0) {
            throw new IOException("mkfifo has failed");
        }
        replace(pipe, action);
    }

    /** Replaces the file by one with a single line of 300 MB, while the action runs. */
    void replaceByHugeFile(Action action) throws IOException, InterruptedException {
        Path huge = file.resolveSibling("store_master.huge");
        try (var sparse = new RandomAccessFile(huge.toFile(), "rw")) {
            sparse.setLength(HUGE);
        }
        replace(huge, action);
    }

    private void replace(Path bad, Action action) throws IOException, InterruptedException {
        users.acquire(USERS);
        try {
            Files.move(bad, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            try {
                action.run();
            } finally {
                restore();
            }
        } finally {
            users.release(USERS);
        }
    }

    private void restore() throws IOException {
        Path copy = file.resolveSibling("store_master.copy");
        Files.copy(good, copy, StandardCopyOption.REPLACE_EXISTING);
        Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
