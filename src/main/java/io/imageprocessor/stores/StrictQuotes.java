package io.imageprocessor.stores;

/**
 * Rejects quotes that RFC 4180, section 2 (rules 5 to 7) does not allow. opencsv accepts them and may merge a row with
 * the next one, so that a store is missing without an error.
 *
 * <p>Keeps state from line to line. For one file and one thread.
 */
final class StrictQuotes {

    private enum Cell {
        START,
        BARE,
        QUOTED,
        CLOSED
    }

    private final String file;
    private Cell cell = Cell.START;
    private int line;
    private int openedOn;

    private StrictQuotes(String file) {
        this.file = file;
    }

    /** @throws StoreMasterException if a quote is misplaced or never closed */
    static void check(String file, String text) {
        StrictQuotes quotes = new StrictQuotes(file);
        text.lines().forEach(quotes::line);
        if (quotes.cell == Cell.QUOTED) {
            throw StoreMasterException.at(file, quotes.openedOn, "a quote is opened and never closed");
        }
    }

    private void line(String text) {
        line++;
        for (int i = 0; i < text.length(); i++) {
            cell = after(text.charAt(i));
        }
        if (cell != Cell.QUOTED) {
            cell = Cell.START;
        }
    }

    private Cell after(char c) {
        return switch (cell) {
            case START -> c == '"' ? open() : c == ',' ? Cell.START : Cell.BARE;
            case BARE -> {
                if (c == '"') {
                    throw StoreMasterException.at(file, line, "a quote inside a cell that does not start with one");
                }
                yield c == ',' ? Cell.START : Cell.BARE;
            }
            case QUOTED -> c == '"' ? Cell.CLOSED : Cell.QUOTED;
            case CLOSED -> {
                if (c == '"') {
                    yield Cell.QUOTED; // two quotes in a quoted cell mean one quote
                }
                if (c != ',') {
                    String opened = openedOn == line ? "" : " of a cell that starts on line " + openedOn;
                    throw StoreMasterException.at(file, line, "text after the closing quote" + opened);
                }
                yield Cell.START;
            }
        };
    }

    private Cell open() {
        openedOn = line;
        return Cell.QUOTED;
    }
}
