package io.imageprocessor;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Creates the class path and the class archive (CDS) of {@link ServiceProcess}, which halve the CPU time of a start.
 * The first process after a build creates them in {@code target/service-process}; a lock lets the JVMs of the tests
 * share them. The JVM archives only classes from jars, so the classes of the service are packed into a jar.
 */
final class ServiceArchive {

    /** One folder per class path, because an archive is valid only for the class path that it was created with. */
    private static final Path FOLDER = Path.of(
                    "target",
                    "service-process",
                    Integer.toHexString(System.getProperty("java.class.path").hashCode()))
            .toAbsolutePath();

    private static final Path JAR = FOLDER.resolve("classes.jar");
    private static final Path ARCHIVE = FOLDER.resolve("classes.jsa");

    private ServiceArchive() {}

    private static final class Options {
        static final List<String> VALUE = create();
    }

    /** Returns the options of a JVM that runs the service: its class path and its archive. */
    static List<String> jvmOptions() {
        return Options.VALUE;
    }

    private static List<String> create() {
        List<String> classPath = List.of("-cp", classPath());
        try {
            Files.createDirectories(FOLDER);
            try (FileChannel channel = FileChannel.open(
                            FOLDER.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock _ = channel.lock()) {
                if (!Files.exists(ARCHIVE) || lastModified(ARCHIVE).compareTo(newestClass()) < 0) {
                    createArchive(classPath);
                }
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            // Without the archive a start only takes longer.
            System.err.println("services start without a class archive: " + e);
            return List.of("-cp", System.getProperty("java.class.path"));
        }
        return with("-XX:SharedArchiveFile=" + ARCHIVE, classPath);
    }

    /** Adds an option, and stops the JVM from logging classes that are not in the archive to the service's log. */
    private static List<String> with(String option, List<String> classPath) {
        return Stream.concat(Stream.of(option, "-Xlog:cds=off", "-Xlog:aot=off"), classPath.stream())
                .toList();
    }

    private static void createArchive(List<String> classPath) throws IOException {
        Files.deleteIfExists(ARCHIVE);
        int code = ToolProvider.findFirst("jar")
                .orElseThrow()
                .run(
                        System.out,
                        System.err,
                        "-c",
                        "-0",
                        "-f",
                        JAR.toString(),
                        "-C",
                        classes().toString(),
                        ".");
        if (code != 0) {
            throw new IOException("jar ended with " + code);
        }
        Path created = FOLDER.resolve("created.jsa");
        // With a database, so that the archive has the classes of both storages.
        try (ServiceProcess service = ServiceProcess.train(
                FOLDER.resolve("service.log"),
                with("-XX:ArchiveClassesAtExit=" + created, classPath),
                List.of(
                        "spring.profiles.active=local-postgres",
                        "imageprocessor.local-postgres.folder=" + FOLDER.resolve("database")))) {
            service.client.finished(service.client.submitted("""
                    {"count": 1, "visits": [{"store_id": "S00339218", "visit_time": "2023-03-15", "image_url": ["x"]}]}
                    """));
            service.terminate();
            service.exitCode(Duration.ofSeconds(100));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        Files.move(created, ARCHIVE, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Returns the class path of this JVM, with the jar instead of the folders of classes. */
    private static String classPath() {
        return Stream.concat(
                        Stream.of(JAR.toString()),
                        entries().filter(entry -> !Files.isDirectory(entry)).map(Path::toString))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Path classes() {
        return entries()
                .filter(entry -> Files.exists(entry.resolve("application.yaml")))
                .findFirst()
                .orElseThrow();
    }

    private static Stream<Path> entries() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of);
    }

    private static FileTime newestClass() throws IOException {
        try (Stream<Path> files = Files.walk(classes())) {
            return files.map(ServiceArchive::lastModified)
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        }
    }

    private static FileTime lastModified(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
