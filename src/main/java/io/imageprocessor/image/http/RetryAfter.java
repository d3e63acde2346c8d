package io.imageprocessor.image.http;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.MessageHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The {@code Retry-After} of an answer: seconds or a date (RFC 9110, section 10.2.3), of which the two formats that
 * have been obsolete since 1999 are not read. A date is measured against the answer's own {@code Date}, so that neither
 * clock has to be right.
 */
final class RetryAfter {

    /** Whoever asks for more is not waited for anyway; it only keeps sums from overflowing. */
    private static final Duration LONGEST = Duration.ofDays(1);

    private static final int MAX_DIGITS = 9;

    private RetryAfter() {}

    /**
     * How long the origin asks to be left alone, a day at most; zero where it does not, or not in a way that is clear.
     */
    static Duration in(MessageHeaders answer) {
        String value = value(answer, HttpHeaders.RETRY_AFTER);
        if (value == null) {
            return Duration.ZERO;
        }
        Duration asked = isNumber(value) ? seconds(value) : until(value, value(answer, HttpHeaders.DATE));
        return asked.isNegative() ? Duration.ZERO : asked.compareTo(LONGEST) > 0 ? LONGEST : asked;
    }

    private static boolean isNumber(String value) {
        return !value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static Duration seconds(String digits) {
        return digits.length() > MAX_DIGITS ? LONGEST : Duration.ofSeconds(Long.parseLong(digits));
    }

    private static Duration until(String date, @Nullable String dateOfAnswer) {
        Instant then = instant(date);
        Instant now = instant(dateOfAnswer);
        return then == null || now == null ? Duration.ZERO : Duration.between(now, then);
    }

    private static @Nullable Instant instant(@Nullable String date) {
        if (date == null) {
            return null;
        }
        try {
            return DateTimeFormatter.RFC_1123_DATE_TIME.parse(date, Instant::from);
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private static @Nullable String value(MessageHeaders answer, String name) {
        Header header = answer.getFirstHeader(name);
        return header == null ? null : header.getValue().strip();
    }
}
