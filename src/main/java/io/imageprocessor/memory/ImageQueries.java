package io.imageprocessor.memory;

import io.imageprocessor.job.ImageFilter;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.ImageState;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobImage;
import io.imageprocessor.job.Visit;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the images of one job. Many images are several snapshots, so that the lock of {@link JobProgress} is held only
 * for a few at a time. Thread-safe.
 */
record ImageQueries(JobProgress progress) {

    /** Largest number of images that are copied under the lock at once. */
    private static final int IMAGES_PER_SNAPSHOT = 1_024;

    /** Returns the first matching images from index {@code from} on. */
    List<JobImage> images(ImageFilter filter, int from, int limit) {
        Job job = progress.job();
        List<JobImage> images = new ArrayList<>();
        int index = from;
        while (index < job.imageCount() && images.size() < limit) {
            Visit visit = job.visitOf(index);
            if (!filter.matches(visit)) {
                index = visit.endImage();
                continue;
            }
            ImageSnapshot snapshot = progress.snapshot(index, Math.min(job.imageCount(), index + IMAGES_PER_SNAPSHOT));
            for (; index < snapshot.end() && images.size() < limit; index++) {
                if (index == visit.endImage()) {
                    visit = job.visitOf(index);
                }
                ImageState state = snapshot.state(index);
                Optional<ImageResult> result = snapshot.result(index);
                if (filter.matches(visit) && filter.matches(state, result)) {
                    images.add(new JobImage(index, visit, job.url(index), state, result));
                }
            }
        }
        return images;
    }

    /** Adds the perimeters of visits to these stores from the first to the last day to the totals. */
    void addTotals(Set<String> storeIds, LocalDate first, LocalDate last, Map<StoreDay, Long> totals) {
        for (Visit visit : progress.job().visits()) {
            if (visit.store().isPresent() && storeIds.contains(visit.storeId())) {
                LocalDate date = LocalDate.ofInstant(visit.time(), ZoneOffset.UTC);
                if (!date.isBefore(first) && !date.isAfter(last)) {
                    addPerimeters(visit, new StoreDay(visit.storeId(), date), totals);
                }
            }
        }
    }

    private void addPerimeters(Visit visit, StoreDay day, Map<StoreDay, Long> totals) {
        for (int start = visit.firstImage(); start < visit.endImage(); start += IMAGES_PER_SNAPSHOT) {
            progress.snapshot(start, Math.min(visit.endImage(), start + IMAGES_PER_SNAPSHOT))
                    .forEachMeasured(measured -> totals.merge(day, measured.perimeter(), Long::sum));
        }
    }
}
