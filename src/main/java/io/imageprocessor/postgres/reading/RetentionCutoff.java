package io.imageprocessor.postgres.reading;

import io.imageprocessor.job.JobSettings;
import java.time.Clock;
import java.time.OffsetDateTime;
import lombok.RequiredArgsConstructor;

/** Until when a finished job can be asked for. */
@RequiredArgsConstructor
public final class RetentionCutoff {

    private final JobSettings settings;
    private final Clock clock;

    /** Jobs that ended then or before are not known any more. */
    public OffsetDateTime newestToForget() {
        return JobRowMapper.utc(clock.instant().minus(settings.retention()));
    }
}
