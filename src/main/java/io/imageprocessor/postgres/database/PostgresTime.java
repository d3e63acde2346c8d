package io.imageprocessor.postgres.database;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/** Converts instants to parameters of type timestamptz, which has microseconds. Thread-safe. */
public final class PostgresTime {

    private static final Instant YEAR_1 = Instant.parse("0001-01-01T00:00:00Z");

    private PostgresTime() {}

    /** Returns the parameter, in whole microseconds. An instant before year 1 becomes {@code -infinity}. */
    public static OffsetDateTime of(Instant instant) {
        return instant.isBefore(YEAR_1)
                ? OffsetDateTime.MIN
                : instant.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    }
}
