package io.imageprocessor.api;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;

/**
 * Parses the date-times of requests: ISO 8601-1, extended format, in the parts that RFC 3339 (section 5.6) shares. That
 * is a date, or a date and a time to the minute or second, with an optional decimal fraction of a second and an
 * optional offset from UTC. From ISO 8601 come the comma as a decimal sign, offsets without colon or minutes, and times
 * without seconds or offset. From RFC 3339 come letters in lower case, the blank instead of T, and the leap second.
 *
 * <p>Parses one text. Not thread-safe; {@link #parse} is.
 */
public final class IsoTime {

    private static final String EXPECTED = "an ISO 8601 date or date-time";
    private static final String EXPECTED_YEAR = EXPECTED + " whose year in UTC has four digits";

    private static final int NANO_DIGITS = 9;
    private static final int SECONDS_PER_DAY = 86_400;
    private static final long FIRST_SECOND =
            Instant.parse("0000-01-01T00:00:00Z").getEpochSecond();
    private static final long LAST_SECOND =
            Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();

    /** Reports a text that is no time; the message is what the text must be. */
    static final class InvalidTimeException extends IllegalArgumentException {

        private static final long serialVersionUID = 1L;

        private InvalidTimeException(String expected) {
            super(expected);
        }
    }

    private final String text;
    private int position;

    private IsoTime(String text) {
        this.text = text;
    }

    /**
     * Returns the instant, in UTC if the text has no offset, at midnight if it has no time. Digits after the ninth of a
     * fraction are dropped. A leap second is the second before it, as in {@code java.time}.
     *
     * @throws IllegalArgumentException if the text is no date or date-time, or its year in UTC is not within 0000 to
     *     9999, because responses could not contain it; the message is what the text must be
     */
    public static Instant parse(String text) {
        try {
            return new IsoTime(text).instant();
        } catch (DateTimeException e) {
            throw (InvalidTimeException) invalid().initCause(e);
        }
    }

    private Instant instant() {
        LocalDate date = date();
        if (position == text.length()) {
            return instant(date.toEpochDay() * SECONDS_PER_DAY, 0);
        }
        require(accept('T') || accept('t') || accept(' '));
        int hour = digits(2);
        require(accept(':'));
        int minute = digits(2);
        int second = 0;
        int nano = 0;
        if (accept(':')) {
            second = digits(2);
            nano = accept('.') || accept(',') ? fraction() : 0;
        }
        boolean leap = second == 60;
        LocalTime time = LocalTime.of(hour, minute, leap ? 59 : second, nano);
        int offset = offset();
        require(position == text.length());
        long epochSecond = date.toEpochDay() * SECONDS_PER_DAY + time.toSecondOfDay() - offset;
        require(!leap || isLastOfMonth(epochSecond));
        return instant(epochSecond, nano);
    }

    private LocalDate date() {
        int year = digits(4);
        require(accept('-'));
        int month = digits(2);
        require(accept('-'));
        return LocalDate.of(year, month, digits(2));
    }

    /** Returns a fraction of at least one digit in nanoseconds. */
    private int fraction() {
        int start = position;
        int nano = 0;
        while (position < text.length() && isDigit(text.charAt(position))) {
            if (position - start < NANO_DIGITS) {
                nano = nano * 10 + (text.charAt(position) - '0');
            }
            position++;
        }
        require(position > start);
        for (int digits = position - start; digits < NANO_DIGITS; digits++) {
            nano *= 10;
        }
        return nano;
    }

    /** Returns the offset in seconds; 0 if there is none. */
    private int offset() {
        if (position == text.length() || accept('Z') || accept('z')) {
            return 0;
        }
        int sign = accept('+') ? 1 : -1;
        require(sign > 0 || accept('-'));
        int hours = digits(2);
        int minutes = position < text.length() ? minutesOfOffset() : 0;
        // Not ZoneOffset, which ends at 18 hours.
        require(hours < 24 && minutes < 60);
        return sign * (hours * 60 + minutes) * 60;
    }

    private int minutesOfOffset() {
        accept(':');
        return digits(2);
    }

    private int digits(int count) {
        require(position + count <= text.length());
        int value = 0;
        for (int end = position + count; position < end; position++) {
            char digit = text.charAt(position);
            require(isDigit(digit));
            value = value * 10 + (digit - '0');
        }
        return value;
    }

    /** Moves behind the character if it is next. */
    private boolean accept(char c) {
        boolean next = position < text.length() && text.charAt(position) == c;
        position += next ? 1 : 0;
        return next;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** Returns whether this is the last second of a month in UTC, after which alone a leap second is inserted. */
    private static boolean isLastOfMonth(long epochSecond) {
        long next = epochSecond + 1;
        return Math.floorMod(next, SECONDS_PER_DAY) == 0
                && LocalDate.ofEpochDay(Math.floorDiv(next, SECONDS_PER_DAY)).getDayOfMonth() == 1;
    }

    private static Instant instant(long epochSecond, int nano) {
        if (epochSecond < FIRST_SECOND || epochSecond > LAST_SECOND) {
            throw new InvalidTimeException(EXPECTED_YEAR);
        }
        return Instant.ofEpochSecond(epochSecond, nano);
    }

    private static void require(boolean valid) {
        if (!valid) {
            throw invalid();
        }
    }

    private static InvalidTimeException invalid() {
        return new InvalidTimeException(EXPECTED);
    }
}
