package io.imageprocessor.demo;

import java.time.Duration;
import java.util.Locale;

/**
 * How far the work is: a bar that is redrawn in place, or, where the output is no terminal, a plain line for each
 * quarter of the work. Used by one thread.
 */
final class ProgressBar {

    private static final int CELLS = 40;
    private static final char FULL_BLOCK = '\u2588';
    private static final char LIGHT_SHADE = '\u2591';

    private final Terminal terminal;
    private final int total;
    private final String full;
    private final String empty;
    private int quartersTold;

    /** @param total how much there is to do, at least 1 */
    ProgressBar(Terminal terminal, int total) {
        this.terminal = terminal;
        this.total = total;
        boolean blocks = terminal.knows(FULL_BLOCK) && terminal.knows(LIGHT_SHADE);
        full = String.valueOf(blocks ? FULL_BLOCK : '#');
        empty = String.valueOf(blocks ? LIGHT_SHADE : '-');
    }

    /** Shows how much is done, and ends the line when it is all. */
    void show(int done, Duration elapsed) {
        String digits = "%" + Integer.toString(total).length() + "d";
        String text =
                String.format(Locale.ROOT, digits + " of %d photos  %4.1f s", done, total, elapsed.toMillis() / 1000.0);
        if (terminal.redraws()) {
            int cells = done * CELLS / total;
            terminal.redraw("  " + full.repeat(cells) + empty.repeat(CELLS - cells) + "  " + text);
            if (done == total) {
                terminal.line("");
            }
        } else if (done * 4 / total > quartersTold) {
            quartersTold = done * 4 / total;
            terminal.line("  " + text);
        }
    }
}
