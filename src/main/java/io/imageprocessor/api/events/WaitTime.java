package io.imageprocessor.api.events;

import io.imageprocessor.api.RejectedException;
import java.time.Duration;
import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/** Reads the parameter {@code wait}: for how long an answer may be held until a job is finished. */
public final class WaitTime {

    private static final Duration MAX = Duration.ofSeconds(60);

    private WaitTime() {}

    /**
     * The time that the text spells: {@code 30s}, {@code 500ms}, {@code 1m}, or plain seconds.
     *
     * @throws RejectedException 400, if it spells none, or one that is negative or longer than 60 s
     */
    public static Duration parse(String text) {
        try {
            Duration time =
                    DurationFormatterUtils.parse(text, DurationFormat.Style.SIMPLE, DurationFormat.Unit.SECONDS);
            if (!time.isNegative() && time.compareTo(MAX) <= 0) {
                return time;
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw (RejectedException) refused().initCause(e);
        }
        throw refused();
    }

    private static RejectedException refused() {
        return RejectedException.badRequest("wait must be a time from 0s to 60s, such as 500ms, 30s or 1m");
    }
}
