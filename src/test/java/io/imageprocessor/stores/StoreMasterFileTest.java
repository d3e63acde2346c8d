package io.imageprocessor.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A file that does not answer, like that of a network drive that is away. */
@Timeout(60)
class StoreMasterFileTest {

    private static final StoreRegistry STORES = new StoreRegistry(List.of(new Store("S1", "One", "7")));

    private final CountDownLatch answered = new CountDownLatch(1);
    private final AtomicInteger reads = new AtomicInteger();
    private volatile boolean hangs = true;

    private final StoreMasterFile file = new StoreMasterFile("stores.csv", this::load, Duration.ofMillis(50));

    /** Ignores interrupts, as a read of a file does. */
    private StoreRegistry load() {
        reads.incrementAndGet();
        boolean waiting = hangs;
        while (waiting) {
            try {
                answered.await();
                waiting = false;
            } catch (InterruptedException _) {
                // The read goes on.
            }
        }
        return STORES;
    }

    @AfterEach
    void answer() {
        answered.countDown();
    }

    @Test
    void readTakesAtMost30Seconds() {
        assertThat(StoreMasterFile.MAX_TIME).isEqualTo(Duration.ofSeconds(30));
        StoreMasterFile slow = new StoreMasterFile("stores.csv", this::load, Duration.ofSeconds(1));

        assertRejected(slow::read, "stores.csv: not read within 1 s");
    }

    @Test
    void readsNothingWhileAnEarlierReadHangs() {
        assertRejected(file::read, "stores.csv: not read within 0 s");

        for (int i = 0; i < 10; i++) {
            assertRejected(file::read, "stores.csv: not read, because an earlier read does not end");
        }

        assertThat(reads).hasValue(1);
    }

    @Test
    void readsAgainWhenTheEarlierReadHasEnded() {
        assertRejected(file::read, "stores.csv: not read within 0 s");
        hangs = false;
        answer();

        await().ignoreExceptions().until(() -> file.read().size() == 1);
    }

    @Test
    void reloadThatHangsMakesTheStoresStaleAndKeepsThem() {
        StoreMaster hanging = new StoreMaster(new Hanging()::read);

        for (int i = 0; i < 3; i++) {
            assertRejected(hanging::reload, "stores.csv: not read");
            assertThat(hanging.isStale()).isTrue();
            assertThat(hanging.current().size()).isEqualTo(1);
        }
    }

    /** Answers the first read, and hangs then. */
    private final class Hanging {

        private boolean first = true;

        StoreRegistry read() {
            if (first) {
                first = false;
                return STORES;
            }
            return file.read();
        }
    }

    private static void assertRejected(Callable<?> read, String message) {
        assertThatExceptionOfType(StoreMasterException.class)
                .isThrownBy(read::call)
                .withMessageStartingWith(message);
    }
}
