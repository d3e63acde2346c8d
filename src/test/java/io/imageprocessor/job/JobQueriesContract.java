package io.imageprocessor.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The contract of {@link JobQueries}, which every implementation runs. */
public abstract class JobQueriesContract extends StorageFixture {

    private static final LocalDate MARCH_1 = LocalDate.parse("2026-03-01");

    @Test
    void returnsSeveralJobsInOneRead() {
        Job first = saved(Jobs.job(1).visit("S1", "http://a/0"));
        Job second = saved(Jobs.job(2).visit("unknown", "http://a/0"));
        saved(Jobs.job(3).visit("S1", "http://a/0"));

        assertThat(queries.statuses(Set.of(first.id(), second.id(), new JobId(99))))
                .containsExactlyInAnyOrder(status(first), status(second));
        assertThat(queries.statuses(Set.of())).isEmpty();
    }

    @Test
    void countsUnfinishedWork() {
        saved(Jobs.job(1).visit("S1", "http://a/0", "http://a/1"));
        Job finished = saved(Jobs.job(2).visit("S1", "http://a/0"));
        work(finished, 0, SUCCEEDED);

        assertThat(queries.unfinished()).isEqualTo(new UnfinishedWork(1, 2));
    }

    @Test
    void reportsFailedStoresOfAnOngoingJob() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0", "http://a/1").visit("unknown", "http://a/2"));
        assertThat(report(job).failedStores())
                .containsExactly(new FailedStore("unknown", FailureCode.STORE_NOT_FOUND, "store not found", 1, 0, 1));

        work(job, 1, FAILED);

        assertThat(report(job).failedStores())
                .containsExactly(
                        new FailedStore("S1", FailureCode.TIMEOUT, "no answer in time", 1, 0, 2),
                        new FailedStore("unknown", FailureCode.STORE_NOT_FOUND, "store not found", 1, 0, 1));
        assertThat(report(job).status()).isEqualTo(status(job));
        assertThat(status(job).state()).isEqualTo(JobState.ONGOING);
        assertThat(queries.report(new JobId(99))).isEmpty();
    }

    @Test
    void pagesThroughTheFailedStoresOfAJob() {
        Jobs jobs = Jobs.job(1).visit("S1", "http://a/0").visit("S2", "http://a/1");
        for (int store = 0; store < 250; store++) {
            jobs.visit("unknown " + store, "http://a/2", "http://a/3").visit("unknown " + store / 2, "http://a/4");
        }
        Job job = saved(jobs);
        work(job, 1, FAILED);
        assertThat(status(job).state()).isEqualTo(JobState.ONGOING);

        List<FailedStore> stores = failedStores(job, 7);

        assertThat(stores).extracting(FailedStore::storeId).hasSize(251).startsWith("S2", "unknown 0", "unknown 1");
        assertThat(stores.get(1))
                .isEqualTo(new FailedStore("unknown 0", FailureCode.STORE_NOT_FOUND, "store not found", 4, 0, 4));
        assertThat(failedStores(job, 251)).isEqualTo(stores);
        assertThat(report(job).failedStoreCount()).isEqualTo(251);
        assertThat(report(job).failedStores()).isEqualTo(stores.subList(0, JobReport.MAX_STORES));
        assertThat(queries.failedStores(job.id(), 1_000, 7))
                .hasValue(new FailedStorePage(List.of(), OptionalInt.empty()));
        assertThat(queries.failedStores(new JobId(99), 0, 7)).isEmpty();

        store.cancel(job.id());

        assertThat(failedStores(job, 7))
                .hasSize(252)
                .startsWith(new FailedStore("S1", FailureCode.CANCELLED, "the job was cancelled", 0, 1, 1))
                .endsWith(stores.getLast());
    }

    /** Returns the failed stores of all pages of this size. */
    private List<FailedStore> failedStores(Job job, int limit) {
        List<FailedStore> stores = new ArrayList<>();
        OptionalInt next = OptionalInt.of(0);
        while (next.isPresent()) {
            FailedStorePage page =
                    queries.failedStores(job.id(), next.getAsInt(), limit).orElseThrow();
            assertThat(page.stores()).hasSizeLessThanOrEqualTo(limit);
            stores.addAll(page.stores());
            next = page.next();
        }
        return stores;
    }

    @Test
    void returnsImagesWithAllTheirData() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0", "http://a/1").visit("S2", "http://a/2"));
        work(job, 1, SUCCEEDED);
        store.start(job.id(), 2);

        List<JobImage> images = images(job, ImageFilter.ANY, 0, 10);

        assertThat(images).extracting(JobImage::index).containsExactly(0, 1, 2);
        assertThat(images).extracting(JobImage::url).containsExactly("http://a/0", "http://a/1", "http://a/2");
        assertThat(images).extracting(image -> image.visit().storeId()).containsExactly("S1", "S1", "S2");
        assertThat(images).extracting(image -> image.visit().time()).containsOnly(Jobs.VISITED_AT);
        assertThat(images)
                .extracting(JobImage::state)
                .containsExactly(ImageState.PENDING, ImageState.SUCCEEDED, ImageState.RUNNING);
        assertThat(images.get(1).result()).contains(SUCCEEDED);
        assertThat(images.get(2).result()).isEmpty();
    }

    @Test
    void countsAllJobsAndTheirImages() {
        assertThat(queries.totals()).isEqualTo(JobTotals.NONE);
        Job completed = saved(Jobs.job(1).visit("S1", "http://a/0"));
        work(completed, 0, SUCCEEDED);
        clock.advance(Duration.ofMinutes(59));
        saved(Jobs.job(2).visit("unknown", "http://a/0", "http://a/1"));
        Job ongoing = saved(Jobs.job(3).visit("S1", urls(10)));
        work(ongoing, 0, SUCCEEDED);
        work(ongoing, 1, FAILED);
        store.start(ongoing.id(), 2);
        store.cancel(saved(Jobs.job(4).visit("S1", "http://a/0")).id());

        assertThat(queries.totals())
                .isEqualTo(new JobTotals(
                        Map.of(
                                JobState.ONGOING, 1L,
                                JobState.COMPLETED, 1L,
                                JobState.FAILED, 1L,
                                JobState.CANCELLED, 1L),
                        14,
                        8));

        clock.advance(Duration.ofMinutes(1));
        assertThat(queries.totals().jobs(JobState.COMPLETED)).isZero();
        assertThat(queries.totals().images()).isEqualTo(13);
    }

    @Test
    void findsStalledJobs() {
        StalledJobs stalled = new StalledJobs();
        Job stalledJob = saved(Jobs.job(1).visit("S1", urls(2)));
        Job moving = saved(Jobs.job(2).visit("S1", urls(3)));
        Job finished = saved(Jobs.job(3).visit("S1", "http://a/0"));
        Job waiting = saved(Jobs.job(4).visit("S1", "http://a/0"));
        clock.advance(Duration.ofMinutes(2));
        work(stalledJob, 0, FAILED);
        assertThat(stalled.count(queries, clock.instant())).isZero();

        clock.advance(StalledJobs.TIME.minusMillis(1));
        work(moving, 0, SUCCEEDED);
        work(finished, 0, SUCCEEDED);
        assertThat(stalled.count(queries, clock.instant())).isZero();
        clock.advance(Duration.ofMillis(1));
        assertThat(stalled.count(queries, clock.instant())).isEqualTo(1);

        work(stalledJob, 1, SUCCEEDED);
        assertThat(stalled.count(queries, clock.instant())).isZero();
        clock.advance(StalledJobs.TIME);
        assertThat(stalled.count(queries, clock.instant())).isEqualTo(1);

        store.start(waiting.id(), 0);
        assertThat(stalled.count(queries, clock.instant())).isEqualTo(1);
        clock.advance(StalledJobs.TIME);
        assertThat(stalled.count(queries, clock.instant())).isEqualTo(2);
    }

    @Test
    void pagesThroughImages() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0", "http://a/1", "http://a/2"));

        assertThat(images(job, ImageFilter.ANY, 1, 1))
                .extracting(JobImage::index)
                .containsExactly(1);
        assertThat(images(job, ImageFilter.ANY, 2, 10))
                .extracting(JobImage::index)
                .containsExactly(2);
        assertThat(images(job, ImageFilter.ANY, 3, 10)).isEmpty();
    }

    @Test
    void filtersImagesByState() {
        Job job = saved(Jobs.job(1)
                .visit("S1", "http://a/0", "http://a/1", "http://a/2")
                .visit("unknown", "http://a/3")
                .visit("S2", "http://a/4", "http://a/5"));
        store.start(job.id(), 1);
        work(job, 2, SUCCEEDED);
        work(job, 4, FAILED);

        assertThat(indexes(job, in(ImageState.PENDING))).containsExactly(0, 5);
        assertThat(indexes(job, in(ImageState.RUNNING))).containsExactly(1);
        assertThat(indexes(job, in(ImageState.SUCCEEDED))).containsExactly(2);
        assertThat(indexes(job, ImageFilter.FAILED)).containsExactly(3, 4);
        assertThat(indexes(job, in(ImageState.CANCELLED))).isEmpty();

        store.cancel(job.id());
        assertThat(indexes(job, in(ImageState.CANCELLED))).containsExactly(0, 1, 5);
        assertThat(indexes(job, in(ImageState.RUNNING))).isEmpty();
    }

    @Test
    void filtersImagesByStoreOverAllItsVisits() {
        Job job = saved(Jobs.job(1)
                .visit("S1", "http://a/0")
                .visit("unknown", "http://a/1", "http://a/2")
                .visit("S1", "http://a/3", "http://a/4"));

        assertThat(indexes(job, of("S1"))).containsExactly(0, 3, 4);
        assertThat(indexes(job, of("unknown"))).containsExactly(1, 2);
        assertThat(indexes(job, of("S2"))).isEmpty();
    }

    @Test
    void filtersImagesByFailureCode() {
        Job job = saved(Jobs.job(1)
                .visit("S1", "http://a/0", "http://a/1", "http://a/2")
                .visit("unknown", "http://a/3"));
        work(job, 0, FAILED);
        work(job, 1, SUCCEEDED);

        assertThat(indexes(job, because(FailureCode.TIMEOUT))).containsExactly(0);
        assertThat(indexes(job, because(FailureCode.STORE_NOT_FOUND))).containsExactly(3);
        assertThat(indexes(job, because(FailureCode.CANCELLED))).isEmpty();

        store.cancel(job.id());
        assertThat(indexes(job, because(FailureCode.CANCELLED))).containsExactly(2);
    }

    @Test
    void pagesThroughImagesThatMatchAllFilters() {
        int images = 3_000;
        Job job = saved(
                Jobs.job(1).visit("S1", urls(images)).visit("S2", urls(images)).visit("S1", "http://a/last"));
        work(job, 7, FAILED);
        work(job, images, FAILED);
        work(job, images - 1, FAILED);
        work(job, 2 * images, FAILED);
        ImageFilter filter =
                new ImageFilter(Optional.of(ImageState.FAILED), Optional.of("S1"), Optional.of(FailureCode.TIMEOUT));

        assertThat(images(job, filter, 0, 2)).extracting(JobImage::index).containsExactly(7, images - 1);
        assertThat(images(job, filter, images, 2)).extracting(JobImage::index).containsExactly(2 * images);
        assertThat(images(job, filter, 2 * images + 1, 2)).isEmpty();
    }

    @Test
    void findsImagesAmongThousandsOfVisits() {
        Jobs jobs = Jobs.job(1);
        for (int visit = 0; visit < 1_500; visit++) {
            int image = 3 * visit;
            jobs.visitAt(
                    Jobs.VISITED_AT.plusNanos(visit),
                    visit % 500 == 5 ? "S2" : "S1",
                    List.of("http://a/" + image, "http://a/" + (image + 1), "http://a/" + (image + 2)));
        }
        Job job = saved(jobs);
        List<Integer> failed = List.of(0, 14, 15, 16, 17, 270, 271, 272, 273, 527, 528, 4_499);
        failed.forEach(image -> work(job, image, FAILED));
        store.start(job.id(), 2_000);
        store.start(job.id(), 4_498);

        List<JobImage> images = images(job, ImageFilter.ANY, 0, 10_000);
        assertThat(images).hasSize(4_500);
        assertThat(images).allSatisfy(image -> {
            assertThat(image.url()).isEqualTo("http://a/" + image.index());
            assertThat(image.visit().firstImage()).isEqualTo(image.index() / 3 * 3);
            assertThat(image.visit().time()).isEqualTo(Jobs.VISITED_AT.plusNanos(image.index() / 3));
            assertThat(image.result().isPresent()).isEqualTo(failed.contains(image.index()));
        });
        assertThat(images(job, ImageFilter.ANY, 15, 2))
                .extracting(JobImage::index)
                .containsExactly(15, 16);
        assertThat(images(job, ImageFilter.ANY, 271, 2))
                .extracting(JobImage::index)
                .containsExactly(271, 272);
        assertThat(indexes(job, ImageFilter.FAILED)).isEqualTo(failed);
        assertThat(images(job, ImageFilter.FAILED, 16, 3))
                .extracting(JobImage::index)
                .containsExactly(16, 17, 270);
        assertThat(indexes(job, in(ImageState.RUNNING))).containsExactly(2_000, 4_498);
        assertThat(images(job, in(ImageState.PENDING), 4_490, 100))
                .extracting(JobImage::index)
                .containsExactly(4_490, 4_491, 4_492, 4_493, 4_494, 4_495, 4_496, 4_497);
        assertThat(indexes(job, of("S2"))).containsExactly(15, 16, 17, 1_515, 1_516, 1_517, 3_015, 3_016, 3_017);
        // In the middle of a visit, after the last one, and with two conditions.
        assertThat(images(job, of("S2"), 1_516, 3)).extracting(JobImage::index).containsExactly(1_516, 1_517, 3_015);
        assertThat(images(job, of("S2"), 3_018, 3)).isEmpty();
        assertThat(indexes(job, new ImageFilter(Optional.of(ImageState.FAILED), Optional.of("S2"), Optional.empty())))
                .containsExactly(15, 16, 17);
        assertThat(indexes(job, new ImageFilter(Optional.of(ImageState.RUNNING), Optional.of("S1"), Optional.empty())))
                .containsExactly(2_000, 4_498);

        store.cancel(job.id());
        assertThat(indexes(job, in(ImageState.CANCELLED))).hasSize(4_500 - failed.size());
        assertThat(indexes(
                        job, new ImageFilter(Optional.empty(), Optional.of("S2"), Optional.of(FailureCode.CANCELLED))))
                .containsExactly(1_515, 1_516, 1_517, 3_015, 3_016, 3_017);
    }

    @Test
    void findsNoImageForContradictingFilters() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0", "http://a/1"));
        work(job, 0, FAILED);

        for (ImageState state : List.of(ImageState.PENDING, ImageState.SUCCEEDED, ImageState.CANCELLED)) {
            assertThat(indexes(
                            job,
                            new ImageFilter(Optional.of(state), Optional.empty(), Optional.of(FailureCode.TIMEOUT))))
                    .isEmpty();
        }
    }

    @Test
    void storesVisitTimesToTheNanosecond() {
        List<Instant> times = List.of(
                Instant.parse("-0001-12-31T23:59:59.999999999Z"),
                Instant.parse("1969-12-31T23:59:59.123456789Z"),
                Instant.parse("9999-12-31T23:59:59.999999999Z"));
        Jobs jobs = Jobs.job(1);
        times.forEach(time -> jobs.visitAt(time, "S1", List.of("http://a/0")));
        Job job = saved(jobs);

        assertThat(images(job, ImageFilter.ANY, 0, 10))
                .extracting(image -> image.visit().time())
                .isEqualTo(times);
        for (int image = 0; image < 3; image++) {
            work(job, image, SUCCEEDED);
        }
        assertThat(queries.visitTotals(Set.of("S1"), LocalDate.MIN, LocalDate.MAX))
                .extracting(VisitTotal::date)
                .containsExactlyInAnyOrder(
                        LocalDate.parse("-0001-12-31"), LocalDate.parse("1969-12-31"), LocalDate.parse("9999-12-31"));
    }

    @Test
    void acceptsEveryTextThatJsonCanHold() {
        String text = "a\0b\ud800c\"\\'{},\n\u20ac\ud83d\ude00";
        Job job = saved(Jobs.job(1)
                .label(text)
                .key(new IdempotencyKey(text, "fingerprint"))
                .visit(text, "http://a/" + text)
                .visit("S1", text, "", "NULL"));

        assertThat(status(job).metadata().label()).isPresent();
        assertThat(images(job, ImageFilter.ANY, 0, 10)).hasSize(4);
        assertThat(images(job, ImageFilter.ANY, 2, 10))
                .extracting(JobImage::url)
                .containsExactly("", "NULL");
        assertThat(indexes(job, of(text))).containsExactly(0);
        assertThat(listed(
                        new JobFilter(Optional.empty(), Optional.of(text), Optional.empty(), Optional.empty()),
                        null,
                        10))
                .containsExactly(1L);
        assertThat(queries.visitTotals(Set.of(text), LocalDate.MIN, LocalDate.MAX))
                .isEmpty();
        assertThat(keys.claim(text)).isInstanceOf(IdempotencyClaim.Used.class);
    }

    @Test
    void pagesThroughJobsNewestFirst() {
        // Saved in another order.
        for (long id : List.of(3L, 1L, 4L, 2L)) {
            saved(Jobs.job(id).visit("S1", "http://a/0"));
        }

        assertThat(listed(JobFilter.ANY, null, 10)).containsExactly(4L, 3L, 2L, 1L);
        assertThat(listed(JobFilter.ANY, null, 2)).containsExactly(4L, 3L);
        assertThat(listed(JobFilter.ANY, new JobId(3), 2)).containsExactly(2L, 1L);
        assertThat(listed(JobFilter.ANY, new JobId(1), 2)).isEmpty();
        // A page may continue after a removed job.
        assertThat(listed(JobFilter.ANY, new JobId(100), 1)).containsExactly(4L);
    }

    @Test
    void returnsCurrentStates() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0", "http://a/1"));
        work(job, 0, SUCCEEDED);

        assertThat(queries.jobs(JobFilter.ANY, null, 10)).containsExactly(status(job));
    }

    @Test
    void filtersJobsByState() {
        saved(Jobs.job(1).visit("S1", "http://a/0"));
        work(saved(Jobs.job(2).visit("S1", "http://a/0")), 0, SUCCEEDED);
        work(saved(Jobs.job(3).visit("S1", "http://a/0")), 0, FAILED);
        store.cancel(saved(Jobs.job(4).visit("S1", "http://a/0")).id());

        assertThat(listed(in(JobState.ONGOING), null, 10)).containsExactly(1L);
        assertThat(listed(in(JobState.COMPLETED), null, 10)).containsExactly(2L);
        assertThat(listed(in(JobState.FAILED), null, 10)).containsExactly(3L);
        assertThat(listed(in(JobState.CANCELLED), null, 10)).containsExactly(4L);
    }

    @Test
    void filtersJobsByVisitedStore() {
        for (long id = 1; id <= 6; id++) {
            saved(Jobs.job(id).visit("S3", "http://a/0").visit(id % 2 == 0 ? "S1" : "unknown", "http://a/1"));
        }
        JobFilter known = new JobFilter(Optional.empty(), Optional.of("S1"), Optional.empty(), Optional.empty());
        JobFilter unknown = new JobFilter(Optional.empty(), Optional.of("unknown"), Optional.empty(), Optional.empty());

        assertThat(listed(known, null, 2)).containsExactly(6L, 4L);
        assertThat(listed(known, new JobId(4), 2)).containsExactly(2L);
        assertThat(listed(unknown, null, 10)).containsExactly(5L, 3L, 1L);
    }

    @Test
    void filtersJobsByExclusiveSubmissionTimes() {
        saved(Jobs.job(1).visit("S1", "http://a/0"));
        Optional<Instant> at = Optional.of(Jobs.SUBMITTED_AT);
        Optional<Instant> earlier = Optional.of(Jobs.SUBMITTED_AT.minusNanos(1_000_000));
        Optional<Instant> later = Optional.of(Jobs.SUBMITTED_AT.plusNanos(1_000_000));

        assertThat(listed(between(earlier, later), null, 10)).containsExactly(1L);
        assertThat(listed(between(earlier, Optional.empty()), null, 10)).containsExactly(1L);
        assertThat(listed(between(Optional.empty(), later), null, 10)).containsExactly(1L);
        assertThat(listed(between(at, later), null, 10)).isEmpty();
        assertThat(listed(between(earlier, at), null, 10)).isEmpty();
    }

    @Test
    void omitsJobsAfterTheirRetention() {
        work(saved(Jobs.job(1).visit("S1", "http://a/0")), 0, SUCCEEDED);
        clock.advance(Duration.ofMinutes(30));
        work(saved(Jobs.job(2).visit("S1", "http://a/0")), 0, SUCCEEDED);
        saved(Jobs.job(3).visit("S1", "http://a/0"));

        clock.advance(Duration.ofMinutes(30));
        assertThat(listed(JobFilter.ANY, null, 10)).containsExactly(3L, 2L);

        clock.advance(Duration.ofMinutes(30));
        assertThat(listed(JobFilter.ANY, null, 10)).containsExactly(3L);
    }

    @Test
    void sumsPerimetersPerStoreAndUtcDayOverAllJobs() {
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
    void includesFirstAndLastDay() {
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
    void sumsMeasuredImagesOnly() {
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
    void omitsPerimetersOfRemovedJobs() {
        Job job = saved(Jobs.job(1).visit("S1", "http://a/0"));
        work(job, 0, SUCCEEDED);
        clock.advance(Duration.ofHours(1));

        assertThat(queries.visitTotals(Set.of("S1"), LocalDate.MIN, LocalDate.MAX))
                .isEmpty();
    }

    /** An implementation may read such a page in parts. */
    @Test
    void readsEachImageOfALargePageOnce() {
        Job job = saved(Jobs.job(1)
                .visit("S1", urls(400))
                .visit("unknown", "http://a/unknown")
                .visit("S1", urls(300)));

        assertThat(images(job, ImageFilter.ANY, 0, 701))
                .extracting(JobImage::index)
                .isEqualTo(indexes(0, 701));
        assertThat(images(job, ImageFilter.ANY, 0, 600))
                .extracting(JobImage::index)
                .isEqualTo(indexes(0, 600));
        assertThat(images(job, ImageFilter.ANY, 90, 1_000))
                .extracting(JobImage::index)
                .isEqualTo(indexes(90, 701));
        assertThat(images(job, of("S1"), 390, 251))
                .extracting(JobImage::index)
                .hasSize(251)
                .startsWith(390)
                .doesNotContain(400)
                .endsWith(641)
                .doesNotHaveDuplicates();
        assertThat(images(job, of("unknown"), 0, 1_000))
                .extracting(JobImage::index)
                .containsExactly(400);
        assertThat(queries.images(new JobId(99), ImageFilter.ANY, 0, 1_000)).isEmpty();
    }

    private static List<Integer> indexes(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    @Test
    void readsEachJobOfALargePageOnce() {
        for (int id = 1; id <= 260; id++) {
            saved(Jobs.job(id).visit("S1", "http://a/0"));
        }

        assertThat(listed(JobFilter.ANY, null, 1_000)).isEqualTo(ids(260, 1));
        assertThat(listed(JobFilter.ANY, null, 255)).isEqualTo(ids(260, 6));
        assertThat(listed(in(JobState.ONGOING), new JobId(258), 255)).isEqualTo(ids(257, 3));
    }

    private static List<Long> ids(long newest, long oldest) {
        return LongStream.rangeClosed(oldest, newest)
                .map(id -> newest + oldest - id)
                .boxed()
                .toList();
    }

    private List<Integer> indexes(Job job, ImageFilter filter) {
        return images(job, filter, 0, job.imageCount()).stream()
                .map(JobImage::index)
                .toList();
    }

    private static ImageFilter in(ImageState state) {
        return new ImageFilter(Optional.of(state), Optional.empty(), Optional.empty());
    }

    private static ImageFilter of(String storeId) {
        return new ImageFilter(Optional.empty(), Optional.of(storeId), Optional.empty());
    }

    private static ImageFilter because(FailureCode code) {
        return new ImageFilter(Optional.empty(), Optional.empty(), Optional.of(code));
    }

    private List<Long> listed(JobFilter filter, @Nullable JobId before, int limit) {
        return queries.jobs(filter, before, limit).stream()
                .map(status -> status.id().value())
                .toList();
    }

    private static JobFilter in(JobState state) {
        return new JobFilter(Optional.of(state), Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static JobFilter between(Optional<Instant> after, Optional<Instant> before) {
        return new JobFilter(Optional.empty(), Optional.empty(), after, before);
    }

    private List<VisitTotal> totals(String storeId, String first, String last) {
        return queries.visitTotals(Set.of(storeId), LocalDate.parse(first), LocalDate.parse(last));
    }

    private static ImageResult measured(int width, int height) {
        return new ImageResult.Succeeded(width, height, "jpeg", 10_000, 1, 20, 250);
    }
}
