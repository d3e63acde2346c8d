package io.imageprocessor.postgres;

import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.StorageUnavailableException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import lombok.RequiredArgsConstructor;

/** Starts and results of images: written by {@link GroupCommit}, and noted with the slices that this replica holds. Thread-safe. */
@RequiredArgsConstructor
final class ImageSteps {

    private final GroupCommit commits;
    private final HeldSlices held;

    /**
     * Moves a pending image on to running. That of a slice which this replica holds is nobody else's, so that it is begun
     * without waiting for the database.
     */
    boolean start(JobId id, int image) {
        CompletableFuture<Boolean> outcome = commits.start(id, image);
        return held.of(id, image) != null || join(outcome);
    }

    /** Keeps a result, and waits until it is committed. */
    boolean record(JobId id, int image, ImageResult result) {
        try {
            boolean first = join(commits.record(id, image, result));
            HeldSlice slice = held.of(id, image);
            if (slice != null) {
                slice.recorded(image - slice.key().first());
            }
            return first;
        } catch (RuntimeException | Error e) {
            HeldSlice slice = held.of(id, image);
            if (slice != null) {
                slice.fail(e);
            }
            throw e;
        }
    }

    private static boolean join(CompletableFuture<Boolean> outcome) {
        try {
            return outcome.join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case StorageUnavailableException unavailable -> throw unavailable;
                case null, default -> throw e;
            }
        }
    }
}
