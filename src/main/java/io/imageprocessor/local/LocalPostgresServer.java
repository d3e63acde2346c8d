package io.imageprocessor.local;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import lombok.RequiredArgsConstructor;
import lombok.extern.slf4j.Slf4j;

/** A PostgreSQL on the loopback interface. Its data are in a folder that one process at a time can use. */
@Slf4j
@RequiredArgsConstructor
final class LocalPostgresServer {

    static final String USER = "postgres";

    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** Locked until this process ends; the operating system also unlocks it after a kill. */
    private final FileChannel lock;

    private final EmbeddedPostgres postgres;

    private final String password;

    /**
     * Starts the server with the existing data of the folder, if any.
     *
     * @throws IOException if another process uses the folder, or the folder cannot be used
     */
    static LocalPostgresServer start(Path folder) throws IOException {
        Files.createDirectories(folder);
        FileChannel lock =
                FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (lock.tryLock() == null) {
                throw new IOException("another service uses it");
            }
            // Each major version of PostgreSQL needs its own data folder.
            Path data = folder.resolve("18").toAbsolutePath();
            stopOrphan(data);
            Path passwordFile = folder.resolve("password").toAbsolutePath();
            String password = password(passwordFile, data);
            EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    .setRegisterShutdownHook(false)
                    .setPGStartupWait(TIMEOUT)
                    // These are options of initdb, despite the name. Its default trusts every user of this machine.
                    .setLocaleConfig("auth", "scram-sha-256")
                    .setLocaleConfig("pwfile", passwordFile.toString())
                    .setConnectConfig("password", password)
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    .setServerConfig("unix_socket_directories", "")
                    // The library's defaults are for tests: faster, but not durable.
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("max_connections", "100")
                    .start();
            log.info("started PostgreSQL with data in {} on port {}", data, postgres.getPort());
            return new LocalPostgresServer(lock, postgres, password);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Returns the password of the database; creates it before the database, readable only for this user. */
    private static String password(Path file, Path data) throws IOException {
        if (!Files.exists(data.resolve("postgresql.conf"))) {
            Files.deleteIfExists(file);
            boolean posix =
                    Files.getFileStore(file.getParent()).supportsFileAttributeView(PosixFileAttributeView.class);
            Files.createFile(file, posix ? new FileAttribute<?>[] {OWNER_ONLY} : new FileAttribute<?>[0]);
            Files.writeString(file, UUID.randomUUID().toString());
        }
        return Files.readString(file);
    }

    /** Stops the server of a service that was killed. The lock proves that no other process uses it. */
    private static void stopOrphan(Path data) throws IOException {
        Path file = data.resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return;
        }
        List<String> lines = Files.readAllLines(file);
        Optional<ProcessHandle> orphan = lines.isEmpty()
                ? Optional.empty()
                : ProcessHandle.of(Long.parseLong(lines.getFirst().strip()))
                        .filter(process -> isPostgresOf(data, process));
        if (orphan.isPresent()) {
            orphan.get().destroy();
            try {
                orphan.get().onExit().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                throw new IOException("the previous server (process %s) does not stop".formatted(lines.getFirst()), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }

    /** Checks the process, because its id may be reused, for example after a restart of the machine. */
    private static boolean isPostgresOf(Path data, ProcessHandle process) {
        ProcessHandle.Info info = process.info();
        return info.command()
                        .filter(command ->
                                Path.of(command).getFileName().toString().startsWith("postgres"))
                        .isPresent()
                && info.arguments()
                        .filter(arguments -> List.of(arguments).contains(data.toString()))
                        .isPresent();
    }

    String url() {
        return postgres.getJdbcUrl(USER, "postgres");
    }

    String password() {
        return password;
    }

    void stop() throws IOException {
        postgres.close();
        lock.close();
    }
}
