package io.imageprocessor.postgres;

import io.imageprocessor.job.JobSettings;
import java.time.Clock;
import java.time.OffsetDateTime;
import lombok.RequiredArgsConstructor;

/** Until when a finished job can be asked for. */
@RequiredArgsConstructor
final class Expiry {

    private final JobSettings settings;
    private final Clock clock;

    /** Jobs that ended then or before are not known any more. */
    OffsetDateTime newestToForget() {
        return JobRows.utc(clock.instant().minus(settings.retention()));
    }
}
