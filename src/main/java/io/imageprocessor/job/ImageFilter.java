package io.imageprocessor.job;

import java.util.Optional;

/**
 * Which images of a job are asked for: those that fit every part that is present.
 *
 * @param storeId images of visits to this store, known or not, as {@link Visit#storeId()} tells it
 * @param code why the image failed or, if {@code CANCELLED}, that it was cancelled
 */
public record ImageFilter(Optional<ImageState> state, Optional<String> storeId, Optional<FailureCode> code) {

    public static final ImageFilter ANY = new ImageFilter(Optional.empty(), Optional.empty(), Optional.empty());

    public static final ImageFilter FAILED =
            new ImageFilter(Optional.of(ImageState.FAILED), Optional.empty(), Optional.empty());

    public boolean fits(Visit visit) {
        return storeId.isEmpty() || storeId.get().equals(visit.storeId());
    }

    public boolean fits(ImageState imageState, Optional<ImageResult> result) {
        return (state.isEmpty() || state.get() == imageState)
                && (code.isEmpty() || code.equals(result.flatMap(ImageResult::failureCode)));
    }
}
