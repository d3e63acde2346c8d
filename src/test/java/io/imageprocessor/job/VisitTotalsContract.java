package io.imageprocessor.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What was measured at stores by day, as every {@link JobStore} adds it up. */
public abstract class VisitTotalsContract extends StorageFixture {

    @Test
    void addsUpWhatWasMeasuredAtAStoreOnADayInUtcOverAllJobs() {
        Job first = saved(Jobs.job(1)
                .visitAt(Instant.parse("2026-03-01T00:00:00Z"), "S1", List.of("http://a/0", "http://a/1"))
                .visitAt(Instant.parse("2026-03-01T23:59:59.999Z"), "S1", List.of("http://a/2"))
                .visitAt(Instant.parse("2026-03-02T00:00:00Z"), "S1", List.of("http://a/3"))
                .visitAt(Instant.parse("2026-03-01T12:00:00Z"), "S2", List.of("http://a/4")));
        Job second = saved(
                Jobs.job(2).visitAt(Instant.parse("2026-03-01T08:00:00Z"), "S1", List.of("http://a/0", "http://a/1")));
        for (int index = 0; index < first.imageCount(); index++) {
            work(first, index, measured(100, 1 + index));
        }
        work(second, 0, measured(1, 1));
        work(second, 1, measured(Integer.MAX_VALUE, Integer.MAX_VALUE));

        assertThat(totals("S1", "2026-01-01", "2026-12-31"))
                .containsExactlyInAnyOrder(
                        new VisitTotal("S1", MARCH_1, 2 * (101 + 102 + 103) + 4 + 4L * Integer.MAX_VALUE),
                        new VisitTotal("S1", MARCH_1.plusDays(1), 2 * 104));
        assertThat(queries.visitTotals(Set.of("S1", "S2", "S9"), MARCH_1, MARCH_1))
                .containsExactlyInAnyOrder(
                        new VisitTotal("S1", MARCH_1, 2 * (101 + 102 + 103) + 4 + 4L * Integer.MAX_VALUE),
                        new VisitTotal("S2", MARCH_1, 2 * 105));
    }

    @Test
    void countsTheFirstAndTheLastDayIn() {
        Job job = saved(Jobs.job(1).visitAt(Instant.parse("2026-03-01T12:00:00Z"), "S1", List.of("http://a/0")));
        work(job, 0, measured(1, 1));

        assertThat(totals("S1", "2026-03-01", "2026-03-05")).hasSize(1);
        assertThat(totals("S1", "2026-02-01", "2026-03-01")).hasSize(1);
        assertThat(totals("S1", "2026-03-02", "2026-03-05")).isEmpty();
        assertThat(totals("S1", "2026-02-01", "2026-02-28")).isEmpty();
        assertThat(queries.visitTotals(Set.of("S1"), LocalDate.MIN, LocalDate.MAX))
                .hasSize(1);
    }

    @Test
    void addsUpOnlyWhatWasMeasured() {
        Job job = saved(Jobs.job(1)
                .visitAt(Instant.parse("2026-03-01T12:00:00Z"), "S1", List.of("http://a/0", "http://a/1", "http://a/2"))
                .visitAt(Instant.parse("2026-03-02T12:00:00Z"), "S1", List.of("http://a/3"))
                .visitAt(Instant.parse("2026-03-01T12:00:00Z"), "unknown", List.of("http://a/4")));
        work(job, 0, measured(1, 2));
        work(job, 1, FAILED);
        work(job, 3, FAILED);

        assertThat(queries.visitTotals(Set.of("S1", "unknown"), LocalDate.MIN, LocalDate.MAX))
                .containsExactly(new VisitTotal("S1", MARCH_1, 6));
    }

    @Test
    void addsNothingUpOfAForgottenJob() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0"));
        work(job, 0, SUCCEEDED);
        clock.advance(Duration.ofHours(1));

        assertThat(queries.visitTotals(Set.of("S1"), LocalDate.MIN, LocalDate.MAX))
                .isEmpty();
    }

    private static final LocalDate MARCH_1 = LocalDate.parse("2026-03-01");

    private List<VisitTotal> totals(String storeId, String first, String last) {
        return queries.visitTotals(Set.of(storeId), LocalDate.parse(first), LocalDate.parse(last));
    }

    private static ImageResult measured(int width, int height) {
        return new ImageResult.Succeeded(width, height, "jpeg", 10_000, 1, 20, 250);
    }
}
