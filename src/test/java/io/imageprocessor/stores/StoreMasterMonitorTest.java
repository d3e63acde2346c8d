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

    /** Every file that is written is a second newer than the one before. */
    private Instant modified = Instant.parse("2026-01-01T00:00:00Z");

    private final AtomicInteger reads = new AtomicInteger();

    @TempDir
    Path folder;

    private Path path;
    private StoreMaster stores;
    private StoreMasterMonitor watch;

    @BeforeEach
    void watchAFile() throws IOException {
        path = folder.resolve("stores.csv");
        write(path, "7,One,S1\n");
        watchFrom(path);
    }

    private void watchFrom(Path watched) {
        StoreMasterFile file = new StoreMasterFile(watched.toString());
        reads.set(0);
        stores = new StoreMaster(() -> {
            reads.incrementAndGet();
            return file.read();
        });
        watch = new StoreMasterMonitor(file, stores);
        watch.check();
    }

    @Test
    void doesNotReadAFileThatHasNotChanged() {
        for (int i = 0; i < 5; i++) {
            watch.check();
        }

        assertThat(reads).hasValue(1);
    }

    @Test
    void readsAChangedFileOnce() throws IOException {
        write(path, "7,One,S1\n7,Two,S2\n");
        for (int i = 0; i < 5; i++) {
            watch.check();
        }

        assertThat(stores.current().find("S2")).isPresent();
        assertThat(reads).hasValue(2);
    }

    @Test
    void readsAFileWhoseLengthIsWhatItWas() throws IOException {
        write(path, "7,One,S2\n");
        checkTwice();

        assertThat(stores.current().find("S2")).isPresent();
    }

    @Test
    void leavesAFileAloneWhileItIsBeingWritten() throws IOException {
        write(path, "7,Two,S2\n");
        watch.check();
        write(path, "7,Two,S2\n7,Thr");
        watch.check();
        write(path, "7,Two,S2\n7,Three,S3\n");
        watch.check();
        assertThat(reads).hasValue(1);

        watch.check();

        assertThat(stores.current().all()).extracting(Store::id).containsExactly("S2", "S3");
        assertThat(reads).hasValue(2);
    }

    @Test
    void saysOnceThatAChangedFileIsBadAndTriesAgainWhenItChangesAgain(CapturedOutput output) throws IOException {
        write(path, "7,One,S1\n7,Two\n");
        checkTwice();
        checkTwice();

        assertThat(output.getOut()).containsOnlyOnce(notUsed(path + ", line 3: 2 cells where the header has 3"));
        assertThat(stores.current().find("S1")).isPresent();
        assertThat(stores.isStale()).isTrue();
        assertThat(reads).hasValue(2);

        write(path, "7,Two,S2\n");
        checkTwice();
        assertThat(stores.current().find("S2")).isPresent();
        assertThat(stores.isStale()).isFalse();
    }

    @Test
    void keepsTheStoresOfAFileThatIsGoneAndReadsItWhenItIsBack(CapturedOutput output) throws IOException {
        Files.delete(path);
        checkTwice();
        checkTwice();

        assertThat(output.getOut()).containsOnlyOnce(notUsed(path + ": no such file"));
        assertThat(stores.current().find("S1")).isPresent();

        write(path, "7,Two,S2\n");
        checkTwice();
        assertThat(stores.current().find("S2")).isPresent();
    }

    @Test
    void followsSymbolicLinksThatAreSwappedAsThoseOfAKubernetesConfigMapAre() throws IOException {
        Path first = Files.createDirectory(folder.resolve("..2026_01_01")).resolve("mapped.csv");
        Path second = Files.createDirectory(folder.resolve("..2026_01_02")).resolve("mapped.csv");
        write(first, "7,One,S1\n");
        write(second, "7,One,S2\n");
        // So that only the file behind the links tells them apart.
        Files.setLastModifiedTime(second, Files.getLastModifiedTime(first));
        assumeThat(FileState.of(first).key()).as("a key of files").isNotNull();
        Path data = Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2026_01_01"));
        watchFrom(Files.createSymbolicLink(folder.resolve("mapped.csv"), Path.of("..data/mapped.csv")));

        Files.move(Files.createSymbolicLink(folder.resolve("..tmp"), Path.of("..2026_01_02")), data, ATOMIC_MOVE);
        checkTwice();

        assertThat(stores.current().find("S2")).isPresent();
    }

    @Test
    void doesNotReadAFileAgainThatAClientHasHadReadMeanwhile() throws IOException {
        write(path, "7,Two,S2\n");
        stores.reload();
        checkTwice();

        assertThat(reads).hasValue(2);
    }

    private static String notUsed(String reason) {
        return "The store master has changed and is not used, the stores stay as they are: " + reason;
    }

    private void checkTwice() {
        watch.check();
        watch.check();
    }

    private void write(Path file, String rows) throws IOException {
        Files.writeString(file, HEADER + rows);
        modified = modified.plusSeconds(1);
        Files.setLastModifiedTime(file, FileTime.from(modified));
    }
}
