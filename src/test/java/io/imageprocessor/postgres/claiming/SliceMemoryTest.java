package io.imageprocessor.postgres.claiming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.job.JobId;
import io.imageprocessor.postgres.reading.SliceKey;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SliceMemoryTest {

    private static final List<String> LONG_URLS = Collections.nCopies(256, "x".repeat(10_000));

    private final SliceMemory memory = new SliceMemory(2L * SliceMemory.LARGEST_BYTES);
    private final long all = memory.free();

    @Test
    void readsAsManySlicesAtOnceAsFit() {
        try (SliceMemory.Room first = memory.new Room();
                SliceMemory.Room second = memory.new Room()) {
            assertThat(first.acquire(lease(1))).isTrue();
            assertThat(second.acquire(lease(2))).isTrue();
            assertThat(memory.free()).isZero();

            SliceLease waiting = lease(3);
            CompletableFuture<Boolean> third = acquireLater(waiting);
            await().until(memory::isFull);
            waiting.end(SliceLease.End.LOST);

            assertThat(third.join()).isFalse();
        }
        assertThat(memory.free()).isEqualTo(all);
    }

    @Test
    void keepsWhatTheUrlsOfASliceTake() throws Exception {
        try (SliceMemory.Room first = memory.new Room();
                SliceMemory.Room second = memory.new Room()) {
            first.acquire(lease(1));
            second.acquire(lease(2));
            CompletableFuture<Boolean> third = acquireLater(lease(3));

            first.shrinkTo(LONG_URLS);
            assertThat(all - memory.free()).isBetween(2_560_000L + SliceMemory.LARGEST_BYTES, all);
            second.shrinkTo(LONG_URLS);

            assertThat(third.get(20, TimeUnit.SECONDS)).isTrue();
        }
        await().until(() -> memory.free() == all);
    }

    @Test
    void readsOneSliceInAnyHeap() {
        SliceMemory small = new SliceMemory(1);
        SliceMemory.Room room = small.new Room();

        assertThat(room.acquire(lease(1))).isTrue();
        assertThat(small.free()).isZero();
        room.close();
        room.close();
        assertThat(small.free()).isEqualTo(SliceMemory.LARGEST_BYTES);
    }

    @Test
    void closedRoomsReleaseEverythingOnce() {
        SliceMemory.Room room = memory.new Room();
        room.acquire(lease(1));
        room.shrinkTo(List.of("http://a/"));
        room.close();
        room.acquire(lease(1));
        room.close();
        room.close();

        assertThat(memory.free()).isEqualTo(all);
    }

    private CompletableFuture<Boolean> acquireLater(SliceLease lease) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (SliceMemory.Room room = memory.new Room()) {
                        return room.acquire(lease);
                    }
                },
                Executors.newVirtualThreadPerTaskExecutor());
    }

    private static SliceLease lease(long job) {
        return new SliceLease(new SliceKey(new JobId(job), 0), 1, true);
    }
}
