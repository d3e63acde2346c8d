package io.imageprocessor.memory;

import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.ImageState;
import java.util.BitSet;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where a few successive images of a job stood at one instant. */
final class ImageSnapshot {

    private final int start;
    private final @Nullable ImageResult[] results;
    private final BitSet started;

    /**
     * @param start index of the first image
     * @param results theirs, not to be changed any more
     * @param started whether they were started, by their distance from the first
     */
    ImageSnapshot(int start, @Nullable ImageResult[] results, BitSet started) {
        this.start = start;
        this.results = results;
        this.started = started;
    }

    /** Index of the first image after these. */
    int end() {
        return start + results.length;
    }

    /** Hands over the images that have succeeded. */
    void forEachMeasured(Consumer<ImageResult.Succeeded> action) {
        for (ImageResult result : results) {
            if (result instanceof ImageResult.Succeeded measured) {
                action.accept(measured);
            }
        }
    }

    Optional<ImageResult> result(int index) {
        return Optional.ofNullable(results[index - start]);
    }

    ImageState state(int index) {
        ImageResult result = results[index - start];
        if (result != null) {
            return result.state();
        }
        return started.get(index - start) ? ImageState.RUNNING : ImageState.PENDING;
    }
}
