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
 * Class path and class archive (CDS) of {@link ServiceProcess}: a process starts with half of the processor time. The
 * first process after a build makes them, in {@code target/service-process}; a lock lets the JVMs of the tests share
 * them. The JVM archives no class of a folder, so the classes of the service are in a jar.
 */
final class ServiceArchive {

    /** For each class path one, since an archive fits no other. */
    private static final Path FOLDER = Path.of(
                    "target",
                    "service-process",
                    Integer.toHexString(System.getProperty("java.class.path").hashCode()))
            .toAbsolutePath();

    private static final Path JAR = FOLDER.resolve("classes.jar");
    private static final Path ARCHIVE = FOLDER.resolve("classes.jsa");

    private ServiceArchive() {}

    private static final class Options {
        static final List<String> VALUE = make();
    }

    /** Options for a JVM that runs the service: its class path and its archive. */
    static List<String> jvmOptions() {
        return Options.VALUE;
    }

    private static List<String> make() {
        List<String> classPath = List.of("-cp", classPath());
        try {
            Files.createDirectories(FOLDER);
            try (FileChannel channel = FileChannel.open(
                            FOLDER.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock _ = channel.lock()) {
                if (!Files.exists(ARCHIVE) || lastModified(ARCHIVE).compareTo(newestClass()) < 0) {
                    archive(classPath);
                }
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            // A start without the archive takes longer, and is the same otherwise.
            System.err.println("services start without an archive of classes: " + e);
            return List.of("-cp", System.getProperty("java.class.path"));
        }
        return with("-XX:SharedArchiveFile=" + ARCHIVE, classPath);
    }

    /** The log belongs to the service: the JVM is silent about classes that are not in the archive. */
    private static List<String> with(String option, List<String> classPath) {
        return Stream.concat(Stream.of(option, "-Xlog:cds=off", "-Xlog:aot=off"), classPath.stream())
                .toList();
    }

    private static void archive(List<String> classPath) throws IOException {
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
        Path made = FOLDER.resolve("made.jsa");
        // With a database, since these classes are in a process with jobs in memory as well, or are not needed there.
        try (ServiceProcess service = ServiceProcess.train(
                FOLDER.resolve("service.log"),
                with("-XX:ArchiveClassesAtExit=" + made, classPath),
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
        Files.move(made, ARCHIVE, StandardCopyOption.ATOMIC_MOVE);
    }

    /** That of this JVM, with the jar in the place of its two folders of classes. */
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
