package io.imageprocessor.api;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.Optional;

/** Reads the times of requests. */
public final class IsoTime {

    /**
     * ISO 8601, extended form: a date, or a date and a time, with or without seconds, their fraction and an offset. Its
     * years have four digits; those further away would leave the range in which a day can be told.
     */
    private static final DateTimeFormatter FORMAT = new DateTimeFormatterBuilder()
            .appendValue(ChronoField.YEAR, 4)
            .appendPattern("-MM-dd")
            .optionalStart()
            .appendLiteral('T')
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .optionalStart()
            .appendOffset("+HH:MM", "Z")
            .optionalEnd()
            .optionalStart()
            .appendOffset("+HHMM", "Z")
            .optionalEnd()
            .optionalStart()
            .appendOffset("+HH", "Z")
            .optionalEnd()
            .optionalEnd()
            .toFormatter()
            .withResolverStyle(ResolverStyle.STRICT);

    private IsoTime() {}

    /** The instant that the text names; without an offset it is taken as UTC, without a time as midnight. */
    public static Optional<Instant> parse(String text) {
        try {
            TemporalAccessor parsed =
                    FORMAT.parseBest(text, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
            return Optional.of(
                    switch (parsed) {
                        case OffsetDateTime time -> time.toInstant();
                        case LocalDateTime time -> time.toInstant(ZoneOffset.UTC);
                        default -> LocalDate.from(parsed).atStartOfDay().toInstant(ZoneOffset.UTC);
                    });
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
