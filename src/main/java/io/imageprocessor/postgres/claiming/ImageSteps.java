package io.imageprocessor.postgres.claiming;

import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.logging.FatalErrors;
import io.imageprocessor.postgres.writing.GroupCommit;
import io.imageprocessor.postgres.writing.ImageChange;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import lombok.RequiredArgsConstructor;
import org.jspecify.annotations.Nullable;

/** Writes starts and results of images by {@link GroupCommit}, and updates the leases of this replica. Thread-safe. */
@RequiredArgsConstructor
public final class ImageSteps {

    private final GroupCommit commits;
    private final SliceLeases leases;

    /**
     * Moves a pending image to running. Under a lease, no other replica starts the image, so this does not wait for the
     * commit.
     *
     * @return whether the image may be worked on
     */
    public boolean start(JobId id, int image) {
        CompletableFuture<@Nullable ImageChange> outcome = commits.start(id, image);
        return leases.of(id, image) != null || join(outcome) != null;
    }

    /**
     * Records a result, and waits for its commit.
     *
     * @return the recorded result, or null if the image had a result
     */
    @Nullable
    public ImageResult record(JobId id, int image, ImageResult result) {
        try {
            ImageChange change = join(commits.record(id, image, result));
            SliceLease lease = leases.of(id, image);
            if (lease != null) {
                lease.recordResult(image - lease.key().first(), change != null);
            }
            return change == null ? null : change.result();
        } catch (RuntimeException | Error e) {
            FatalErrors.haltIfFatal(e);
            SliceLease lease = leases.of(id, image);
            if (lease != null) {
                lease.fail(e);
            }
            throw e;
        }
    }

    /** Waits for the commit of a change, and returns what became of it. */
    static @Nullable ImageChange join(CompletableFuture<@Nullable ImageChange> outcome) {
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
