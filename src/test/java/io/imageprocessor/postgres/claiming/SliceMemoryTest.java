package io.imageprocessor.postgres.claiming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.job.JobId;
import io.imageprocessor.postgres.reading.SliceKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SliceMemoryTest {

    private static final List<String> LONG_URLS = Collections.nCopies(256, "http://a/" + "x".repeat(9_990));
    private static final List<String> ORDINARY_URLS = Collections.nCopies(256, "http://a/" + "x".repeat(91));
    private static final List<String> SHORT_URLS = Collections.nCopies(16, "http://a/b.jpg");

    private final AtomicLong skipped = new AtomicLong();

    /** Holds a slice with the longest Latin URLs, and a first slice with such URLs. */
    private final SliceMemory memory = new SliceMemory(1, () -> System.nanoTime() + skipped.get());

    private final int allReads = memory.freeReads();
    private final List<SliceMemory.Reservation> reservations = new ArrayList<>();

    @AfterEach
    void releasesEverything() {
        reservations.forEach(SliceMemory.Reservation::close);
        reservations.forEach(SliceMemory.Reservation::close);

        assertThat(memory.heldBytes()).isZero();
        assertThat(memory.freeReads()).isEqualTo(allReads);
    }

    @Test
    void readsOneLargeSliceAtATimeInASmallHeap() {
        SliceMemory.Reservation one = reservation(other(1));
        assertThat(one.awaitRead()).isTrue();
        SliceLease waiting = other(2);
        CompletableFuture<Boolean> another = later(reservation(waiting)::awaitRead);
        assertThat(another).isNotCompleted();

        waiting.end(SliceLease.End.LOST);
        one.endRead();

        assertThat(another.join()).isFalse();
    }

    @Test
    void readsALargeSliceBeforeSmallOnesThatComeLater() throws Exception {
        SliceMemory.Reservation one = reservation(first(1));
        assertThat(one.awaitRead()).isTrue();
        SliceMemory.Reservation large = reservation(other(2));
        Thread reader = Thread.ofPlatform().start(large::awaitRead);
        await().until(() -> reader.getState() == Thread.State.TIMED_WAITING);
        SliceMemory.Reservation small = reservation(first(3));
        CompletableFuture<Boolean> later = later(small::awaitRead);

        assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> later.get(1, TimeUnit.SECONDS));

        one.endRead();
        reader.join();
        large.endRead();
        assertThat(later.get(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void readsManyFirstSlicesAtATime() {
        for (int job = 1; job <= 16; job++) {
            assertThat(reservation(first(job)).awaitRead()).isTrue();
        }
        assertThat(memory.freeReads()).isZero();
    }

    @Test
    void readsTwoLargeSlicesAtATimeInALargeHeap() {
        SliceMemory large = new SliceMemory(1L << 30);
        assertThat(large.freeReads()).isEqualTo(2 * 256);
    }

    @Test
    void readsWhileHeldSlicesLeaveNoRoom() {
        fill();

        SliceMemory.Reservation next = reservation(other(9));
        assertThat(next.awaitRead()).isTrue();
        assertThat(next.hold(SHORT_URLS)).as("beside large ones").isTrue();
    }

    @Test
    void releasesALeaseThatFindsNoRoomAndPostponesItsJob() {
        fill();
        SliceLease lease = other(7);
        SliceMemory.Reservation next = reservation(lease);
        assertThat(next.hold(LONG_URLS)).isFalse();

        assertThat(next.awaitRoom()).isFalse();

        assertThat(lease.await()).isEqualTo(SliceLease.End.RELEASED);
        assertThat(memory.postponedJobs()).containsExactly(new JobId(7));
        skipped.addAndGet(SliceMemory.POSTPONEMENT.toNanos());
        assertThat(memory.postponedJobs()).isEmpty();
    }

    @Test
    void endsAPostponementWhenThereIsRoom() {
        fill();
        SliceMemory.Reservation next = reservation(other(7));
        next.hold(LONG_URLS);
        next.awaitRoom();

        reservations.getFirst().close();

        assertThat(memory.postponedJobs()).isEmpty();
    }

    @Test
    void holdsASliceForWhichRoomComesInTime() throws Exception {
        fill();
        SliceLease lease = other(7);
        SliceMemory.Reservation next = reservation(lease);
        assertThat(next.hold(LONG_URLS)).isFalse();
        CompletableFuture<Boolean> room = later(next::awaitRoom);
        await().until(() -> !lease.isOpening());
        assertThat(memory.postponedJobs()).as("no other slice of it is claimed").containsExactly(new JobId(7));

        reservations.getFirst().close();

        assertThat(room.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(lease.isOpening()).isTrue();
        assertThat(memory.postponedJobs()).as("no room for another one").containsExactly(new JobId(7));
        long before = memory.heldBytes();
        assertThat(next.hold(LONG_URLS)).isTrue();
        assertThat(memory.heldBytes()).isEqualTo(before);
        next.close();
        assertThat(memory.postponedJobs()).isEmpty();
    }

    @Test
    void holdsAgainWhatItHoldsWhateverOthersHold() {
        SliceMemory.Reservation heavy = reservation(other(1));
        assertThat(heavy.hold(LONG_URLS)).isTrue();
        for (int job = 2; job <= 60; job++) {
            assertThat(reservation(other(job)).hold(ORDINARY_URLS)).isTrue();
        }

        assertThat(heavy.hold(LONG_URLS)).isTrue();
    }

    @Test
    void waitsForRoomNoLongerThanTheLease() {
        fill();
        SliceLease lease = other(7);
        SliceMemory.Reservation next = reservation(lease);
        next.hold(LONG_URLS);
        lease.end(SliceLease.End.LOST);

        assertThat(next.awaitRoom()).isFalse();
        assertThat(lease.await()).isEqualTo(SliceLease.End.LOST);
    }

    @Test
    void keepsRoomForFirstSlices() {
        fill();

        SliceMemory.Reservation first = reservation(first(7));

        assertThat(first.hold(LONG_URLS.subList(0, 16))).isTrue();
    }

    @Test
    void keepsRoomForLightFirstSlices() {
        fill();
        long heavy = 0;
        while (reservation(first(100 + heavy)).hold(LONG_URLS.subList(0, 16))) {
            heavy++;
        }
        assertThat(heavy).isGreaterThan(4);

        for (int light = 0; light < 200; light++) {
            assertThat(reservation(first(200 + light)).hold(SHORT_URLS)).isTrue();
        }
    }

    @Test
    void holdsOtherSlicesBesideHeavyFirstSlices() {
        for (long job = 100; reservation(first(job)).hold(LONG_URLS.subList(0, 16)); job++) {}

        assertThat(reservation(other(7)).hold(LONG_URLS)).isTrue();
    }

    @Test
    void keepsRoomForSlicesWithOrdinaryUrls() {
        fill();

        for (int job = 100; job < 130; job++) {
            assertThat(reservation(other(job)).hold(ORDINARY_URLS)).isTrue();
        }
    }

    /** The number of slices that {@code ClaimPolicy} lets one job have, because its hosts are dead. */
    @Test
    void keepsRoomForOtherJobsWhenOneHasManySlices() {
        int held = 0;
        for (int slice = 0; slice < 200; slice++) {
            held += reservation(other(1)).hold(ORDINARY_URLS) ? 1 : 0;
        }
        assertThat(held).isBetween(40, 100);

        for (int slice = 0; slice < 20; slice++) {
            assertThat(reservation(other(2)).hold(ORDINARY_URLS)).isTrue();
        }
    }

    @Test
    void holdsASliceOfAnySizeAlone() {
        List<String> longest = IntStream.range(0, 256)
                .mapToObj(i -> "http://" + i + "\u4e00".repeat(9_980))
                .toList();

        assertThat(reservation(other(1)).hold(longest)).isTrue();
    }

    @Test
    void weighsUrlsAndEachHost() {
        List<String> oneHost =
                IntStream.range(0, 256).mapToObj(i -> "http://host/" + i).toList();
        List<String> manyHosts =
                IntStream.range(0, 256).mapToObj(i -> "http://host" + i + "/").toList();

        assertThat(weight(LONG_URLS)).isBetween(2_560_000L, 2_600_000L);
        assertThat(weight(manyHosts) - weight(oneHost)).isBetween(255 * 330L, 255 * 400L);
    }

    private long weight(List<String> urls) {
        SliceMemory.Reservation reservation = reservation(other(1));
        assertThat(reservation.hold(urls)).isTrue();
        long bytes = memory.heldBytes();
        reservation.close();
        return bytes;
    }

    @Test
    void releasesWhatFewerUrlsDoNotNeed() {
        SliceMemory.Reservation reservation = reservation(other(1));
        reservation.hold(LONG_URLS);

        reservation.hold(SHORT_URLS);

        assertThat(memory.heldBytes()).isPositive().isLessThan(5_000);
    }

    /** Holds other slices with long URLs, until there is no room for one more. */
    private void fill() {
        long job = 1;
        while (reservation(other(job)).hold(LONG_URLS)) {
            job++;
        }
        assertThat(memory.heldBytes()).isGreaterThan(2_500_000);
    }

    private SliceMemory.Reservation reservation(SliceLease lease) {
        SliceMemory.Reservation reservation = memory.new Reservation(lease);
        reservations.add(reservation);
        return reservation;
    }

    private static CompletableFuture<Boolean> later(Supplier<Boolean> wait) {
        return CompletableFuture.supplyAsync(wait, Executors.newVirtualThreadPerTaskExecutor());
    }

    private static SliceLease first(long job) {
        return new SliceLease(new SliceKey(new JobId(job), 0), 1, true);
    }

    private static SliceLease other(long job) {
        return new SliceLease(new SliceKey(new JobId(job), 16), 1, false);
    }
}
