package io.imageprocessor.job;

import java.util.Optional;

/**
 * Identifies a job: a positive integer below 2^53, so that every JSON client can represent it exactly.
 *
 * @param value 1 to {@link #MAX}
 */
public record JobId(long value) {

    /** The largest integer up to which a double represents all integers exactly. */
    public static final long MAX = (1L << 53) - 1;

    private static final int MAX_DIGITS = 16;

    public JobId {
        if (value < 1 || value > MAX) {
            throw new IllegalArgumentException("job id must be between 1 and " + MAX + ": " + value);
        }
    }

    /** Parses decimal digits without a leading zero; returns empty for any other text. */
    public static Optional<JobId> parse(String text) {
        if (text.isEmpty() || text.length() > MAX_DIGITS || text.charAt(0) == '0') {
            return Optional.empty();
        }
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            char digit = text.charAt(i);
            if (digit < '0' || digit > '9') {
                return Optional.empty();
            }
            value = value * 10 + (digit - '0');
        }
        return value > MAX ? Optional.empty() : Optional.of(new JobId(value));
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
