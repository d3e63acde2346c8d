package io.imageprocessor.api.jobs;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.JobImage;
import io.imageprocessor.job.Visit;
import io.imageprocessor.stores.Store;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One image of a job and its result. Measured values are null unless the image succeeded.
 *
 * @param index index of the image in its job, from 0
 * @param storeName null if the store is unknown
 * @param areaCode null if the store is unknown
 * @param url URL as the client sent it
 * @param status {@code pending}, {@code running}, {@code succeeded}, {@code failed} or {@code cancelled}
 * @param width pixels
 * @param height pixels
 * @param perimeter {@code 2 * (height + width)} in pixels
 * @param format lower-case name of the file format, such as {@code jpeg}
 * @param bytes length of the body, or of the part that was read
 * @param attempts number of download attempts; null until the image succeeded or failed
 * @param downloadMillis milliseconds of the last attempt; null if there was none
 * @param gpuMillis milliseconds of simulated GPU time
 * @param error null unless the image failed or was cancelled
 */
record ImageResponse(
        int index,
        @JsonProperty("store_id") String storeId,
        @JsonProperty("store_name") @Nullable String storeName,
        @JsonProperty("area_code") @Nullable String areaCode,
        String url,
        @JsonProperty("visit_time") Instant visitTime,
        String status,
        @Nullable Integer width,
        @Nullable Integer height,
        @Nullable Long perimeter,
        @Nullable String format,
        @Nullable Long bytes,
        @Nullable Integer attempts,
        @JsonProperty("download_ms") @Nullable Integer downloadMillis,
        @JsonProperty("gpu_ms") @Nullable Integer gpuMillis,
        @Nullable ImageError error) {

    static ImageResponse of(JobImage image) {
        Visit visit = image.visit();
        Optional<Store> store = visit.store();
        ImageResult result = image.result().orElse(null);
        Optional<ImageResult.Succeeded> measured =
                result instanceof ImageResult.Succeeded succeeded ? Optional.of(succeeded) : Optional.empty();
        Optional<ImageResult> tried = image.result().filter(known -> !(known instanceof ImageResult.Cancelled));
        return new ImageResponse(
                image.index(),
                visit.storeId(),
                store.map(Store::name).orElse(null),
                store.map(Store::area).orElse(null),
                image.url(),
                visit.time(),
                image.state().code(),
                measured.map(ImageResult.Succeeded::width).orElse(null),
                measured.map(ImageResult.Succeeded::height).orElse(null),
                measured.map(ImageResult.Succeeded::perimeter).orElse(null),
                measured.map(ImageResult.Succeeded::format).orElse(null),
                measured.map(ImageResult.Succeeded::bytes).orElse(null),
                tried.map(ImageResult::attempts).orElse(null),
                tried.filter(known -> known.attempts() > 0)
                        .map(ImageResult::downloadMillis)
                        .orElse(null),
                measured.map(ImageResult.Succeeded::gpuMillis).orElse(null),
                ImageError.of(result));
    }

    /**
     * Why an image has no measurements.
     *
     * @param code one of a closed set of stable names, such as {@code http_status}
     * @param message one clause for people
     */
    record ImageError(String code, String message) {

        static @Nullable ImageError of(@Nullable ImageResult result) {
            return switch (result) {
                case ImageResult.Failed failed -> new ImageError(failed.code().code(), failed.message());
                case ImageResult.Cancelled _ ->
                    new ImageError(FailureCode.CANCELLED.code(), ImageResult.Cancelled.MESSAGE);
                case ImageResult.Succeeded _ -> null;
                case null -> null;
            };
        }
    }
}
