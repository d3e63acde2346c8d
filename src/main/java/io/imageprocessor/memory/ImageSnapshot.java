package io.imageprocessor.memory;

import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.ImageState;
import java.util.BitSet;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The states and results of successive images of a job at one instant. Immutable. */
final class ImageSnapshot {

    private final int start;
    private final @Nullable ImageResult[] results;
    private final BitSet started;

    /**
     * @param start index of the first image
     * @param results results of the images; not changed any more
     * @param started bit {@code i} is set if image {@code start + i} was started
     */
    ImageSnapshot(int start, @Nullable ImageResult[] results, BitSet started) {
        this.start = start;
        this.results = results;
        this.started = started;
    }

    /** Returns the index after the last image. */
    int end() {
        return start + results.length;
    }

    /** Passes the results of succeeded images to the action. */
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
