package io.imageprocessor.job;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeapLimitsTest {

    private static final long MB = 1 << 20;

    @ParameterizedTest
    @ValueSource(longs = {128, 256, 512, 1_024, 2_048, 8_192})
    void leavesTheServiceItsOwnMemoryAndHalfOfTheRest(long megabytes) {
        HeapLimits limits = HeapLimits.ofHeap(megabytes * MB);

        assertThat(limits.jobs() + limits.others()).isEqualTo((megabytes - 64) * MB / 2);
        assertThat(limits.others()).isEqualTo((megabytes - 64) * MB / 16);
    }

    @Test
    void leavesClientsALittleInASmallHeap() {
        assertThat(HeapLimits.ofHeap(72 * MB)).isEqualTo(new HeapLimits(72 * MB / 64 * 7, 72 * MB / 64));
    }

    /** The serial collector does not count 6 % of the heap, a half of its young generation. */
    @Test
    void acceptsAMillionImagesIn512Megabytes() {
        HeapBudget budget =
                new HeapBudget(HeapLimits.ofHeap(512 * MB / 100 * 94).jobs());
        JobWeigher weigher = new JobWeigher(HeapCosts.MEMORY, budget.newReservation(), 10_000);
        for (int visit = 0; visit < 50_000; visit++) {
            for (int i = 0; i < 20; i++) {
                String url = "http://127.0.0.1:12345/photo-10kb.jpg?i=" + (1_000_000 + visit * 20 + i);
                weigher.addImage(url, url.getBytes(US_ASCII));
            }
            weigher.endVisit("S00339218", true, 20);
        }

        assertThat(weigher.complete().bytes()).isBetween(100 * MB, budget.largestJob() * 9 / 10);
    }
}
