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
 * Reads the {@code Retry-After} of a response: seconds or a date (RFC 9110, section 10.2.3).
 *
 * <p>The two date formats that have been obsolete since 1999 are not supported. The delay until a date is measured from
 * the {@code Date} of the same response, so that neither clock has to be correct.
 */
final class RetryAfter {

    /** Upper limit. No image waits that long; the limit prevents overflow in sums. */
    private static final Duration MAX_DELAY = Duration.ofDays(1);

    private static final int MAX_DIGITS = 9;

    private RetryAfter() {}

    /** Returns the delay that the origin requests, at most one day; zero if there is no valid {@code Retry-After}. */
    static Duration in(MessageHeaders response) {
        String value = value(response, HttpHeaders.RETRY_AFTER);
        if (value == null) {
            return Duration.ZERO;
        }
        Duration delay = isNumber(value) ? seconds(value) : until(value, value(response, HttpHeaders.DATE));
        return delay.isNegative() ? Duration.ZERO : delay.compareTo(MAX_DELAY) > 0 ? MAX_DELAY : delay;
    }

    private static boolean isNumber(String value) {
        return !value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static Duration seconds(String digits) {
        return digits.length() > MAX_DIGITS ? MAX_DELAY : Duration.ofSeconds(Long.parseLong(digits));
    }

    private static Duration until(String date, @Nullable String dateOfResponse) {
        Instant then = instant(date);
        Instant now = instant(dateOfResponse);
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

    private static @Nullable String value(MessageHeaders response, String name) {
        Header header = response.getFirstHeader(name);
        return header == null ? null : header.getValue().strip();
    }
}
