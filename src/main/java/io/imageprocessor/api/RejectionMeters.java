package io.imageprocessor.api;

import io.imageprocessor.job.SubmissionRejectedException.Reason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Counts submissions that were answered 503 because of a limit, a shutdown or a lost race. Submissions during a
 * database outage are not counted. Thread-safe.
 */
@Component
final class RejectionMeters {

    private final Map<Reason, Counter> rejected;

    RejectionMeters(MeterRegistry registry) {
        rejected = Arrays.stream(Reason.values())
                .collect(Collectors.toMap(
                        Function.identity(),
                        reason -> counter(reason, registry),
                        (one, _) -> one,
                        () -> new EnumMap<>(Reason.class)));
    }

    private static Counter counter(Reason reason, MeterRegistry registry) {
        return Counter.builder("imageprocessor.submissions.refused")
                .tag("reason", reason.code())
                .description("Submissions answered 503 because of a limit, a shutdown or a lost race")
                .register(registry);
    }

    /** Counts a rejected submission. */
    void rejected(Reason reason) {
        Objects.requireNonNull(rejected.get(reason)).increment();
    }
}
