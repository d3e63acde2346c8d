package io.imageprocessor.job;

import java.util.Optional;

/**
 * Selects images of a job. An image matches if it matches every component that is present.
 *
 * @param storeId id of the store as in {@link Visit#storeId()}, known or not
 * @param code reason of the failure; {@code CANCELLED} for cancelled images
 */
public record ImageFilter(Optional<ImageState> state, Optional<String> storeId, Optional<FailureCode> code) {

    public static final ImageFilter ANY = new ImageFilter(Optional.empty(), Optional.empty(), Optional.empty());

    public static final ImageFilter FAILED =
            new ImageFilter(Optional.of(ImageState.FAILED), Optional.empty(), Optional.empty());

    public boolean matches(Visit visit) {
        return storeId.isEmpty() || storeId.get().equals(visit.storeId());
    }

    public boolean matches(ImageState imageState, Optional<ImageResult> result) {
        return (state.isEmpty() || state.get() == imageState)
                && (code.isEmpty() || code.equals(result.flatMap(ImageResult::failureCode)));
    }
}
