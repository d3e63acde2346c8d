package io.imageprocessor.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.imageprocessor.job.FailedStore;
import io.imageprocessor.job.FailedStorePage;
import io.imageprocessor.job.ImageFilter;
import io.imageprocessor.job.ImageState;
import io.imageprocessor.job.JobCounts;
import io.imageprocessor.job.JobFilter;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobImage;
import io.imageprocessor.job.JobReport;
import io.imageprocessor.job.JobStatus;
import io.imageprocessor.job.SubmissionRejectedException;
import io.imageprocessor.queue.ImageExecution;
import io.imageprocessor.queue.LocalQueues;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Checks the invariants of a {@link JobWorld}; called after each of its steps. */
final class JobInvariants {

    /** A job as the last check read it. */
    private record Snapshot(JobStatus status, List<JobImage> images) {}

    private final JobWorld world;
    private final Map<JobId, Snapshot> kept = new HashMap<>();
    private final Retention retention;

    JobInvariants(JobWorld world) {
        this.world = world;
        this.retention = new Retention(world);
    }

    void check() {
        retention.update();
        world.jobs.forEach(this::checkJob);
        kept.values().forEach(this::checkLinks);
        checkPages();
        checkBacklog();
        checkHeap();
        checkLimits();
    }

    /** Checks the state after the last step. */
    void checkEnd() {
        check();
        assertThat(kept.values())
                .as("jobs at the end")
                .allMatch(snapshot -> snapshot.status().state().isFinal());
        assertThat(LocalQueues.isEmpty(world.queue)).as("the queue is empty").isTrue();
        checkThatRemovedJobsTakeNoHeap();
    }

    private void checkThatRemovedJobsTakeNoHeap() {
        world.clock.advance(JobWorld.RETENTION);
        assertThat(world.queries.totals().images()).isZero();
        assertThat(world.budget.reserved()).as("heap of removed jobs").isZero();
    }

    /** Nothing is reserved but for retained jobs; each takes 700 bytes and more. */
    private void checkHeap() {
        assertThat(world.budget.reserved())
                .as("heap of %s jobs", kept.size())
                .isBetween(700L * kept.size(), 10_000L * kept.size());
    }

    private void checkJob(JobId id) {
        Snapshot before = kept.get(id);
        Optional<JobReport> report = world.queries.report(id);
        assertThat(report.isPresent()).as("job %s is kept", id).isEqualTo(!retention.removes(id));
        if (report.isEmpty()) {
            kept.remove(id);
            return;
        }
        JobStatus status = report.get().status();
        Snapshot now = new Snapshot(status, images(id, ImageFilter.ANY));
        assertThat(world.queries.status(id)).contains(status);
        checkCounts(now);
        checkFailedStores(
                report.get(),
                world.queries.failedStores(id, 0, Integer.MAX_VALUE - 1).orElseThrow());
        assertThat(status.finishedAt().isPresent())
                .as("finishedAt is set exactly in final states")
                .isEqualTo(status.state().isFinal());
        if (before != null) {
            checkChange(before, now);
        }
        kept.put(id, now);
    }

    private void checkCounts(Snapshot now) {
        JobCounts counts = now.status().counts();
        assertThat(counts.pending() + counts.running() + counts.succeeded() + counts.failed() + counts.cancelled())
                .as("sum of the states")
                .isEqualTo(counts.total());
        Map<ImageState, Integer> byState = Map.of(
                ImageState.PENDING, counts.pending(),
                ImageState.RUNNING, counts.running(),
                ImageState.SUCCEEDED, counts.succeeded(),
                ImageState.FAILED, counts.failed(),
                ImageState.CANCELLED, counts.cancelled());
        byState.forEach((state, count) -> {
            ImageFilter filter = new ImageFilter(Optional.of(state), Optional.empty(), Optional.empty());
            assertThat(images(now.status().id(), filter))
                    .as("%s images of %s", state, now.status())
                    .hasSize(count)
                    .containsExactlyElementsOf(now.images().stream()
                            .filter(image -> image.state() == state)
                            .toList());
        });
        assertThat(now.images())
                .extracting(JobImage::index)
                .hasSize(counts.total())
                .isSorted();
        assertThat(now.status().state().isFinal())
                .as("a job is final when all its images are")
                .isEqualTo(counts.unfinished() == 0);
    }

    private static void checkFailedStores(JobReport report, FailedStorePage all) {
        JobCounts counts = report.status().counts();
        assertThat(sum(all.stores(), FailedStore::failed)).as("failed").isEqualTo(counts.failed());
        assertThat(sum(all.stores(), FailedStore::cancelled)).as("cancelled").isEqualTo(counts.cancelled());
        assertThat(report.failedStoreCount()).isEqualTo(all.stores().size());
        assertThat(report.failedStores())
                .isEqualTo(all.stores().stream().limit(JobReport.MAX_STORES).toList());
        assertThat(all.stores()).allMatch(store -> store.failed() + store.cancelled() <= store.images());
    }

    private static void checkChange(Snapshot before, Snapshot now) {
        assertThat(now.status().version())
                .as("version")
                .isGreaterThanOrEqualTo(before.status().version());
        if (now.status().version() == before.status().version()) {
            assertThat(now.status()).as("of the same version").isEqualTo(before.status());
        }
        if (before.status().state().isFinal()) {
            assertThat(now.status().state())
                    .as("a final state never changes")
                    .isEqualTo(before.status().state());
            assertThat(now.status().counts()).isEqualTo(before.status().counts());
            assertThat(now.status().finishedAt()).isEqualTo(before.status().finishedAt());
        }
        for (int index = 0; index < now.images().size(); index++) {
            JobImage was = before.images().get(index);
            JobImage is = now.images().get(index);
            assertThat(rank(is.state()))
                    .as("image %s only moves forward", is)
                    .isGreaterThanOrEqualTo(rank(was.state()));
            if (was.state().isFinal()) {
                assertThat(is.result()).as("the first result wins").isEqualTo(was.result());
            }
        }
    }

    private static int rank(ImageState state) {
        return switch (state) {
            case PENDING -> 0;
            case RUNNING -> 1;
            case SUCCEEDED, FAILED, CANCELLED -> 2;
        };
    }

    private void checkLinks(Snapshot snapshot) {
        JobId id = snapshot.status().id();
        snapshot.status()
                .metadata()
                .retryOf()
                .map(kept::get)
                .ifPresent(retried -> assertThat(retried.status().retries())
                        .as("retries of the job that %s retries", id)
                        .contains(id));
        assertThat(snapshot.status().retries())
                .as("retries of %s", id)
                .isSortedAccordingTo(Comparator.comparingLong(JobId::value))
                .allSatisfy(retry -> assertThat(
                                kept.containsKey(retry)
                                        ? kept.get(retry).status().metadata().retryOf()
                                        : Optional.of(id))
                        .contains(id));
    }

    private void checkPages() {
        List<JobStatus> listed = new ArrayList<>();
        List<JobStatus> page = world.queries.jobs(JobFilter.ANY, null, 2);
        while (!page.isEmpty()) {
            listed.addAll(page);
            page = world.queries.jobs(JobFilter.ANY, page.getLast().id(), 2);
        }
        assertThat(listed)
                .as("all retained jobs, newest first")
                .containsExactlyElementsOf(world.jobs.reversed().stream()
                        .flatMap(id -> Optional.ofNullable(kept.get(id)).stream())
                        .map(Snapshot::status)
                        .toList());
    }

    /** The backlog counts exactly the unfinished images that do not run. */
    private void checkBacklog() {
        int unfinished =
                sum(kept.values(), snapshot -> snapshot.status().counts().unfinished());
        int running = (int) running(this::isOfAnOngoingJob).count();
        int free = JobWorld.MAX_WAITING - (unfinished - running);
        // Negative if retries came back to a full backlog, which rejects only new images. When all free images are
        // taken, the backlog is full; with one image less it is not.
        world.queue.backlog().release(-free);
        assertThatExceptionOfType(SubmissionRejectedException.class)
                .as("more than %s images are free", free)
                .isThrownBy(() -> world.queue.backlog().reserve(1));
        world.queue.backlog().release(1);
        world.queue.backlog().reserve(1);
        world.queue.backlog().release(free);
    }

    private boolean isOfAnOngoingJob(ImageExecution execution) {
        Snapshot job = kept.get(execution.task().jobId());
        return job != null && !job.status().state().isFinal();
    }

    private void checkLimits() {
        assertThat(running(LocalQueues::holdsDownloadPermit))
                .as("in flight")
                .hasSizeLessThanOrEqualTo(JobWorld.MAX_IN_FLIGHT);
        Map<String, Long> downloads = running(LocalQueues::holdsHostPermit)
                .collect(Collectors.groupingBy(LocalQueues::hostOf, Collectors.counting()));
        assertThat(downloads.values()).as("downloads by host").allMatch(count -> count <= JobWorld.PER_HOST);
    }

    private Stream<ImageExecution> running(Predicate<ImageExecution> kind) {
        return Stream.concat(world.started.stream(), world.paused.stream().map(work -> work.execution))
                .filter(kind);
    }

    private List<JobImage> images(JobId id, ImageFilter filter) {
        return world.queries.images(id, filter, 0, Integer.MAX_VALUE).orElseThrow();
    }

    private static <T> int sum(Collection<T> all, Function<T, Integer> number) {
        return all.stream().mapToInt(number::apply).sum();
    }
}
