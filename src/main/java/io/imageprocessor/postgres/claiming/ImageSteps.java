package io.imageprocessor.postgres.claiming;

import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.postgres.writing.GroupCommit;
import io.imageprocessor.postgres.writing.ImageChange;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import lombok.RequiredArgsConstructor;
import org.jspecify.annotations.Nullable;

/**
 * Starts and results of images: written by {@link GroupCommit}, and noted with the slices that this replica holds.
 * Thread-safe.
 */
@RequiredArgsConstructor
public final class ImageSteps {

    private final GroupCommit commits;
    private final SliceLeases held;

    /**
     * Moves a pending image on to running. That of a slice which this replica holds is nobody else's, so that it is
     * begun without waiting for the database.
     */
    public boolean start(JobId id, int image) {
        CompletableFuture<@Nullable ImageChange> outcome = commits.start(id, image);
        return held.of(id, image) != null || join(outcome) != null;
    }

    /** Keeps a result, and waits until it is committed; tells what was kept, or null if there was a result before. */
    @Nullable
    public ImageResult record(JobId id, int image, ImageResult result) {
        try {
            ImageChange made = join(commits.record(id, image, result));
            SliceLease slice = held.of(id, image);
            if (slice != null) {
                slice.recorded(image - slice.key().first());
            }
            return made == null ? null : made.result();
        } catch (RuntimeException | Error e) {
            SliceLease slice = held.of(id, image);
            if (slice != null) {
                slice.fail(e);
            }
            throw e;
        }
    }

    private static @Nullable ImageChange join(CompletableFuture<@Nullable ImageChange> outcome) {
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
