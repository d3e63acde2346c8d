package io.imageprocessor.stores;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class StoreMasterMonitorTest {

    private static final String HEADER = "AreaCode,StoreName,StoreID\n";

    /** Each written file is one second newer than the previous one. */
    private Instant modified = Instant.parse("2026-01-01T00:00:00Z");

    private final AtomicInteger reads = new AtomicInteger();

    @TempDir
    Path folder;

    private Path path;
    private StoreMaster stores;
    private StoreMasterMonitor monitor;

    @BeforeEach
    void monitorAFile() throws IOException {
        path = folder.resolve("stores.csv");
        write(path, "7,One,S1\n");
        monitor(path);
    }

    private void monitor(Path monitored) {
        StoreMasterFile file = new StoreMasterFile(monitored.toString(), StoreMasterCsvTest.LIMITS);
        reads.set(0);
        stores = new StoreMaster(() -> {
            reads.incrementAndGet();
            return file.read();
        });
        monitor = new StoreMasterMonitor(file, stores);
        monitor.check();
    }

    @Test
    void doesNotReadAFileThatHasNotChanged() {
        for (int i = 0; i < 5; i++) {
            monitor.check();
        }

        assertThat(reads).hasValue(1);
    }

    @Test
    void readsAChangedFileOnce() throws IOException {
        write(path, "7,One,S1\n7,Two,S2\n");
        for (int i = 0; i < 5; i++) {
            monitor.check();
        }

        assertThat(stores.current().find("S2")).isPresent();
        assertThat(reads).hasValue(2);
    }

    @Test
    void readsAChangedFileOfTheSameLength() throws IOException {
        write(path, "7,One,S2\n");
        checkTwice();

        assertThat(stores.current().find("S2")).isPresent();
    }

    @Test
    void doesNotReadAFileWhileItIsBeingWritten() throws IOException {
        write(path, "7,Two,S2\n");
        monitor.check();
        write(path, "7,Two,S2\n7,Thr");
        monitor.check();
        write(path, "7,Two,S2\n7,Three,S3\n");
        monitor.check();
        assertThat(reads).hasValue(1);

        monitor.check();

        assertThat(stores.current().all()).extracting(Store::id).containsExactly("S2", "S3");
        assertThat(reads).hasValue(2);
    }

    @Test
    void logsAnInvalidFileOnceAndRetriesAfterTheNextChange(CapturedOutput output) throws IOException {
        write(path, "7,One,S1\n7,Two\n");
        checkTwice();
        checkTwice();

        assertThat(output.getOut())
                .containsOnlyOnce(rejected(path + ", line 3: the row has 2 cells, the header has 3"));
        assertThat(stores.current().find("S1")).isPresent();
        assertThat(stores.isStale()).isTrue();
        assertThat(reads).hasValue(2);

        write(path, "7,Two,S2\n");
        checkTwice();
        assertThat(stores.current().find("S2")).isPresent();
        assertThat(stores.isStale()).isFalse();
    }

    @Test
    void keepsTheStoresOfADeletedFileAndReadsItWhenItIsBack(CapturedOutput output) throws IOException {
        Files.delete(path);
        checkTwice();
        checkTwice();

        assertThat(output.getOut()).containsOnlyOnce(rejected(path + ": no such file"));
        assertThat(stores.current().find("S1")).isPresent();

        write(path, "7,Two,S2\n");
        checkTwice();
        assertThat(stores.current().find("S2")).isPresent();
    }

    @Test
    void followsSwappedSymbolicLinksOfAKubernetesConfigMap() throws IOException {
        Path first = Files.createDirectory(folder.resolve("..2026_01_01")).resolve("mapped.csv");
        Path second = Files.createDirectory(folder.resolve("..2026_01_02")).resolve("mapped.csv");
        write(first, "7,One,S1\n");
        write(second, "7,One,S2\n");
        // Only the file key differs.
        Files.setLastModifiedTime(second, Files.getLastModifiedTime(first));
        assumeThat(FileState.of(first).key()).as("a key of files").isNotNull();
        Path data = Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2026_01_01"));
        monitor(Files.createSymbolicLink(folder.resolve("mapped.csv"), Path.of("..data/mapped.csv")));

        Files.move(Files.createSymbolicLink(folder.resolve("..tmp"), Path.of("..2026_01_02")), data, ATOMIC_MOVE);
        checkTwice();

        assertThat(stores.current().find("S2")).isPresent();
    }

    @Test
    void doesNotReadAFileAgainAfterAReloadByAClient() throws IOException {
        write(path, "7,Two,S2\n");
        stores.reload();
        checkTwice();

        assertThat(reads).hasValue(2);
    }

    private static String rejected(String reason) {
        return "rejected the changed store master, the current stores stay in use: " + reason;
    }

    private void checkTwice() {
        monitor.check();
        monitor.check();
    }

    private void write(Path file, String rows) throws IOException {
        Files.writeString(file, HEADER + rows);
        modified = modified.plusSeconds(1);
        Files.setLastModifiedTime(file, FileTime.from(modified));
    }
}
