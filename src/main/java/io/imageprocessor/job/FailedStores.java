package io.imageprocessor.job;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tallies the failures of one job by store. Costs nothing until an image fails. Guarded by the lock of
 * {@link JobProgress}.
 */
final class FailedStores {

    private final Job job;
    private final Map<String, Tally> tallies = new HashMap<>();
    /** Whether a store is among the tallies of which it is not known yet how many images the job has. */
    private boolean storeAdded;

    private @Nullable List<FailedStore> list = List.of();

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
        list = null;
        return tallies.computeIfAbsent(visit.storeId(), _ -> {
            storeAdded = true;
            return new Tally();
        });
    }

    /** In the order of the visits. */
    List<FailedStore> list() {
        List<FailedStore> known = list;
        if (known == null) {
            if (storeAdded) {
                countImages();
            }
            known = tallies.entrySet().stream()
                    .sorted(Comparator.comparingInt(store -> store.getValue().firstVisit))
                    .map(store -> store.getValue().failedStore(store.getKey()))
                    .toList();
            list = known;
        }
        return known;
    }

    private void countImages() {
        tallies.values().forEach(tally -> tally.images = 0);
        for (int visit = 0; visit < job.visits().size(); visit++) {
            Tally tally = tallies.get(job.visits().get(visit).storeId());
            if (tally != null) {
                tally.firstVisit = tally.images == 0 ? visit : tally.firstVisit;
                tally.images += job.visits().get(visit).imageCount();
            }
        }
        storeAdded = false;
    }

    private static final class Tally {

        private ImageResult.@Nullable Failed first;
        private int firstIndex;
        private int failed;
        private int cancelled;
        private int firstVisit;
        private int images;

        FailedStore failedStore(String storeId) {
            return first == null
                    ? new FailedStore(
                            storeId, FailureCode.CANCELLED, ImageResult.Cancelled.MESSAGE, failed, cancelled, images)
                    : new FailedStore(storeId, first.code(), first.message(), failed, cancelled, images);
        }
    }
}
