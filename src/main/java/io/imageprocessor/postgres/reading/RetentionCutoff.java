package io.imageprocessor.postgres.reading;

import io.imageprocessor.job.JobSettings;
import io.imageprocessor.postgres.database.PostgresTime;
import java.time.Clock;
import java.time.OffsetDateTime;
import lombok.RequiredArgsConstructor;

/** Computes from which time on finished jobs are kept. Thread-safe. */
@RequiredArgsConstructor
public final class RetentionCutoff {

    private final JobSettings settings;
    private final Clock clock;

    /** Returns the cutoff as of now: a job that ended at this time or earlier is unknown. */
    public OffsetDateTime time() {
        return PostgresTime.of(clock.instant().minus(settings.retention()));
    }
}
