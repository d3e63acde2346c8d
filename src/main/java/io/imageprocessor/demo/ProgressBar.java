package io.imageprocessor.demo;

import java.time.Duration;
import java.util.Locale;

/**
 * Shows progress as a bar that is redrawn in place. If the output is not a terminal, prints a line for each quarter of
 * the work. For one thread.
 */
final class ProgressBar {

    private static final int CELLS = 40;
    private static final char FULL_BLOCK = '\u2588';
    private static final char LIGHT_SHADE = '\u2591';

    private final Terminal terminal;
    private final int total;
    private final String full;
    private final String empty;
    private int quartersPrinted;

    /** @param total number of photos, at least 1 */
    ProgressBar(Terminal terminal, int total) {
        this.terminal = terminal;
        this.total = total;
        boolean blocks = terminal.canPrint(FULL_BLOCK) && terminal.canPrint(LIGHT_SHADE);
        full = String.valueOf(blocks ? FULL_BLOCK : '#');
        empty = String.valueOf(blocks ? LIGHT_SHADE : '-');
    }

    /** Shows the progress, and ends the line when everything is done. */
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
        } else if (done * 4 / total > quartersPrinted) {
            quartersPrinted = done * 4 / total;
            terminal.line("  " + text);
        }
    }
}
