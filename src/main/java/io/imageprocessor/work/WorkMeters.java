package io.imageprocessor.work;

import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.ImageResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Counts and times the processing of images. All meters are looked up once, so that an image costs no lookup, and exist
 * from the start, so that Prometheus sees their first count as an increase. Times are in nanoseconds. Thread-safe.
 */
final class WorkMeters {

    private final Timer waited;
    private final Timer downloaded;
    private final Timer downloadFailed;
    private final Timer processedSucceeded;
    private final Timer processedFailed;
    private final Counter succeeded;
    private final Map<FailureCode, Counter> failed;
    private final Map<FailureCode, Counter> retried;

    WorkMeters(MeterRegistry registry) {
        waited = Timer.builder("imageprocessor.images.waited")
                .description("From the time an image was queued, or its retry was due, to the start of the attempt")
                .register(registry);
        downloaded = downloads("succeeded", registry);
        downloadFailed = downloads("failed", registry);
        processedSucceeded = processed("succeeded", registry);
        processedFailed = processed("failed", registry);
        succeeded = images("succeeded", "none", registry);
        failed = byCode(code -> images("failed", code.code(), registry));
        retried = byCode(code -> Counter.builder("imageprocessor.downloads.retried")
                .tag("code", code.code())
                .description("Failed attempts that are retried")
                .register(registry));
    }

    private static Timer downloads(String outcome, MeterRegistry registry) {
        return Timer.builder("imageprocessor.downloads")
                .tag("outcome", outcome)
                .description("Attempts to download and measure an image")
                .register(registry);
    }

    private static Timer processed(String outcome, MeterRegistry registry) {
        return Timer.builder("imageprocessor.images.processed")
                .tag("outcome", outcome)
                .description("From the start of the first attempt at an image to its result")
                .register(registry);
    }

    private static Counter images(String outcome, String code, MeterRegistry registry) {
        return Counter.builder("imageprocessor.images")
                .tag("outcome", outcome)
                .tag("code", code)
                .description("Images that got a result")
                .register(registry);
    }

    /** Creates a counter for each code with which an attempt can fail. */
    private static Map<FailureCode, Counter> byCode(Function<FailureCode, Counter> counter) {
        EnumSet<FailureCode> neverOfAttempts = EnumSet.of(FailureCode.STORE_NOT_FOUND, FailureCode.CANCELLED);
        return Arrays.stream(FailureCode.values())
                .filter(code -> !neverOfAttempts.contains(code))
                .collect(Collectors.toMap(
                        Function.identity(), counter, (one, _) -> one, () -> new EnumMap<>(FailureCode.class)));
    }

    /** @param waitedNanos as {@link io.imageprocessor.queue.ImageExecution#waitedNanos} returns it */
    void downloaded(long waitedNanos, long nanos) {
        waited.record(waitedNanos, TimeUnit.NANOSECONDS);
        downloaded.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** @param waitedNanos as {@link io.imageprocessor.queue.ImageExecution#waitedNanos} returns it */
    void downloadFailed(long waitedNanos, long nanos) {
        waited.record(waitedNanos, TimeUnit.NANOSECONDS);
        downloadFailed.record(nanos, TimeUnit.NANOSECONDS);
    }

    void retried(FailureCode code) {
        count(retried, code);
    }

    /** @param nanos from the start of the first attempt to the recorded result */
    void processed(ImageResult result, long nanos) {
        switch (result) {
            case ImageResult.Succeeded _ -> {
                succeeded.increment();
                processedSucceeded.record(nanos, TimeUnit.NANOSECONDS);
            }
            case ImageResult.Failed failure -> {
                count(failed, failure.code());
                processedFailed.record(nanos, TimeUnit.NANOSECONDS);
            }
            case ImageResult.Cancelled _ -> throw new IllegalArgumentException("an attempt cannot cancel its image");
        }
    }

    private static void count(Map<FailureCode, Counter> counters, FailureCode code) {
        Objects.requireNonNull(counters.get(code), code::code).increment();
    }
}
