package io.imageprocessor.job;

import java.util.Optional;

/**
 * One image of a job as it stood when it was read.
 *
 * @param index the image's place in its job, from 0
 * @param result present exactly when the state is final
 */
public record JobImage(int index, Visit visit, String url, ImageState state, Optional<ImageResult> result) {

    /** Why the image has no measurements; empty if it has, or may yet have. */
    public Optional<FailureCode> failureCode() {
        return result.flatMap(known -> switch (known) {
            case ImageResult.Succeeded _ -> Optional.empty();
            case ImageResult.Failed failed -> Optional.of(failed.code());
            case ImageResult.Cancelled _ -> Optional.of(FailureCode.CANCELLED);
        });
    }
}
