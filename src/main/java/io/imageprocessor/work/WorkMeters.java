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
 * What becomes of images, counted and timed. All meters are found once, here, so that an image costs no lookup; and
 * each is there from the start, so that its first count is seen as a rise. Times in nanoseconds. Thread-safe.
 */
final class WorkMeters {

    private final Timer waited;
    private final Timer downloaded;
    private final Timer notDownloaded;
    private final Timer processedWell;
    private final Timer processedInVain;
    private final Counter succeeded;
    private final Map<FailureCode, Counter> failed;
    private final Map<FailureCode, Counter> retried;

    public WorkMeters(MeterRegistry registry) {
        waited = Timer.builder("imageprocessor.images.waited")
                .description("From the time an image could be worked on to the start of its attempt, if that was made")
                .register(registry);
        downloaded = downloads("succeeded", registry);
        notDownloaded = downloads("failed", registry);
        processedWell = processed("succeeded", registry);
        processedInVain = processed("failed", registry);
        succeeded = images("succeeded", "none", registry);
        failed = byCode(code -> images("failed", code.code(), registry));
        retried = byCode(code -> Counter.builder("imageprocessor.downloads.retried")
                .tag("code", code.code())
                .description("Attempts that failed and are to be repeated")
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

    /** One for each way in which work on an image can fail. */
    private static Map<FailureCode, Counter> byCode(Function<FailureCode, Counter> counter) {
        EnumSet<FailureCode> notOfWork = EnumSet.of(FailureCode.STORE_NOT_FOUND, FailureCode.CANCELLED);
        return Arrays.stream(FailureCode.values())
                .filter(code -> !notOfWork.contains(code))
                .collect(Collectors.toMap(
                        Function.identity(), counter, (one, _) -> one, () -> new EnumMap<>(FailureCode.class)));
    }

    /** An attempt to download has succeeded, which began so long after it could have. */
    void downloaded(long waitedNanos, long nanos) {
        waited.record(waitedNanos, TimeUnit.NANOSECONDS);
        downloaded.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** An attempt to download has failed, which began so long after it could have. */
    void downloadFailed(long waitedNanos, long nanos) {
        waited.record(waitedNanos, TimeUnit.NANOSECONDS);
        notDownloaded.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** A failed attempt is to be repeated. */
    void retried(FailureCode code) {
        count(retried, code);
    }

    /** The result of an image is kept, so long after its first attempt began. */
    void processed(ImageResult result, long nanos) {
        switch (result) {
            case ImageResult.Succeeded _ -> {
                succeeded.increment();
                processedWell.record(nanos, TimeUnit.NANOSECONDS);
            }
            case ImageResult.Failed failure -> {
                count(failed, failure.code());
                processedInVain.record(nanos, TimeUnit.NANOSECONDS);
            }
            case ImageResult.Cancelled _ -> throw new IllegalArgumentException("jobs are cancelled, not images");
        }
    }

    private static void count(Map<FailureCode, Counter> counters, FailureCode code) {
        Objects.requireNonNull(counters.get(code), code::code).increment();
    }
}
