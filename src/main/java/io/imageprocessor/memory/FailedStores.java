package io.imageprocessor.memory;

import io.imageprocessor.job.FailedStore;
import io.imageprocessor.job.FailedStorePage;
import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.Visit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import lombok.RequiredArgsConstructor;
import org.jspecify.annotations.Nullable;

/**
 * Counts the failures of one job by store. Takes no memory until an image fails. Not thread-safe; {@link JobProgress}
 * calls it under its lock.
 */
final class FailedStores {

    private final Job job;
    private final Map<String, Tally> tallies = new HashMap<>();
    /** The tallies in the order of the visits, without those added since the last {@link #countImages}. */
    private List<Tally> inOrder = List.of();
    /** Whether a store was added whose images in the job are not counted yet. */
    private boolean storeAdded;

    FailedStores(Job job) {
        this.job = job;
    }

    /** Counts an image that failed. */
    void failed(Visit visit, int index, ImageResult.Failed failure) {
        Tally tally = tally(visit);
        tally.failed++;
        if (tally.first == null || index < tally.firstIndex) {
            tally.first = failure;
            tally.firstIndex = index;
        }
    }

    /** Counts images that were cancelled. */
    void cancelled(Visit visit, int images) {
        tally(visit).cancelled += images;
    }

    private Tally tally(Visit visit) {
        return tallies.computeIfAbsent(visit.storeId(), _ -> {
            storeAdded = true;
            return new Tally(visit.storeId());
        });
    }

    /** Returns the number of failed stores. */
    int count() {
        return tallies.size();
    }

    /**
     * Returns the first failed stores in the order of the visits, among those whose first image has index {@code from}
     * or a later one.
     */
    FailedStorePage page(int from, int limit) {
        if (storeAdded) {
            countImages();
        }
        int start = position(from);
        int end = Math.min(inOrder.size(), start + limit);
        return new FailedStorePage(
                inOrder.subList(start, end).stream().map(Tally::failedStore).toList(),
                end == inOrder.size() ? OptionalInt.empty() : OptionalInt.of(inOrder.get(end).storeFirst));
    }

    /** Returns the position of the first tally whose store begins at image {@code from} or later. */
    private int position(int from) {
        int low = 0;
        int high = inOrder.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (inOrder.get(middle).storeFirst < from) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void countImages() {
        tallies.values().forEach(tally -> tally.images = 0);
        inOrder = new ArrayList<>(tallies.size());
        for (Visit visit : job.visits()) {
            Tally tally = tallies.get(visit.storeId());
            if (tally != null) {
                if (tally.images == 0) {
                    tally.storeFirst = visit.firstImage();
                    inOrder.add(tally);
                }
                tally.images += visit.imageCount();
            }
        }
        storeAdded = false;
    }

    @RequiredArgsConstructor
    private static final class Tally {

        private final String storeId;
        private ImageResult.@Nullable Failed first;
        private int firstIndex;
        private int failed;
        private int cancelled;
        private int images;

        /** Index of the first image of the store in the job, failed or not. */
        private int storeFirst;

        FailedStore failedStore() {
            return first == null
                    ? new FailedStore(
                            storeId, FailureCode.CANCELLED, ImageResult.Cancelled.MESSAGE, failed, cancelled, images)
                    : new FailedStore(storeId, first.code(), first.message(), failed, cancelled, images);
        }
    }
}
