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
 * Counts the submissions that were refused although nothing was wrong with them or with the service; not those that
 * came while the database was away. Thread-safe.
 */
@Component
final class RejectionMeters {

    private final Map<Reason, Counter> refused;

    RejectionMeters(MeterRegistry registry) {
        refused = Arrays.stream(Reason.values())
                .collect(Collectors.toMap(
                        Function.identity(),
                        reason -> counter(reason, registry),
                        (one, _) -> one,
                        () -> new EnumMap<>(Reason.class)));
    }

    private static Counter counter(Reason reason, MeterRegistry registry) {
        return Counter.builder("imageprocessor.submissions.refused")
                .tag("reason", reason.code())
                .description(
                        "Submissions that were answered 503, to be sent again later; not while the database is away")
                .register(registry);
    }

    /** A submission was refused. */
    void refused(Reason reason) {
        Objects.requireNonNull(refused.get(reason)).increment();
    }
}
