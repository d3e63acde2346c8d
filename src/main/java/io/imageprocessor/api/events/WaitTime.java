package io.imageprocessor.api.events;

import io.imageprocessor.api.RejectedException;
import java.time.Duration;
import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * The parameter {@code wait}: how long a response waits until a job is finished.
 *
 * @param duration 0 to 60 s
 */
public record WaitTime(Duration duration) {

    private static final Duration MAX = Duration.ofSeconds(60);

    /**
     * Parses a text such as {@code 30s}, {@code 500ms}, {@code 1m}, or plain seconds.
     *
     * @throws RejectedException 400 if it is not a time, is negative, or is longer than 60 s
     */
    static WaitTime parse(String text) {
        try {
            Duration time =
                    DurationFormatterUtils.parse(text, DurationFormat.Style.SIMPLE, DurationFormat.Unit.SECONDS);
            if (!time.isNegative() && time.compareTo(MAX) <= 0) {
                return new WaitTime(time);
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw (RejectedException) invalid().initCause(e);
        }
        throw invalid();
    }

    private static RejectedException invalid() {
        return RejectedException.badRequest("wait must be a time from 0s to 60s, such as 500ms, 30s or 1m");
    }
}
