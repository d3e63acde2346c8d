package io.imageprocessor.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressBarTest {

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @Test
    void redrawsTheBarInPlaceAndEndsTheLineWhenDone() {
        ProgressBar bar = new ProgressBar(terminal(UTF_8, true), 40);

        bar.show(0, Duration.ZERO);
        bar.show(10, Duration.ofMillis(1250));
        assertThat(printed.toString(UTF_8))
                .isEqualTo("\r  " + "░".repeat(40) + "   0 of 40 photos   0.0 s" + "\r  " + "█".repeat(10)
                        + "░".repeat(30) + "  10 of 40 photos   1.3 s");

        printed.reset();
        bar.show(40, Duration.ofMillis(4040));
        assertThat(printed.toString(UTF_8))
                .isEqualTo("\r  " + "█".repeat(40) + "  40 of 40 photos   4.0 s" + System.lineSeparator());
    }

    @Test
    void usesAsciiIfTheTerminalCannotPrintBlocks() {
        new ProgressBar(terminal(US_ASCII, true), 4).show(1, Duration.ZERO);

        assertThat(printed.toString(US_ASCII))
                .isEqualTo("\r  " + "#".repeat(10) + "-".repeat(30) + "  1 of 4 photos   0.0 s");
    }

    @Test
    void printsALineForEachQuarterWithoutATerminal() {
        ProgressBar bar = new ProgressBar(terminal(UTF_8, false), 10);

        for (int done : new int[] {0, 1, 3, 3, 4, 7, 10, 10}) {
            bar.show(done, Duration.ofMillis(100L * done));
        }
        assertThat(printed.toString(UTF_8).lines())
                .containsExactly("   3 of 10 photos   0.3 s", "   7 of 10 photos   0.7 s", "  10 of 10 photos   1.0 s");
    }

    private Terminal terminal(Charset charset, boolean redraws) {
        return new Terminal(new PrintStream(printed, true, charset), redraws);
    }
}
