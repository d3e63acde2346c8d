package io.imageprocessor.stores;

/**
 * Refuses quotes that RFC 4180, section 2 (rules 5 to 7) does not allow. opencsv would guess what is meant by them, and
 * the guess may merge a row with the next one, so that a store silently goes missing.
 *
 * <p>Fed the lines of a file in order; keeps state between them, so it serves one file and one thread.
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

    /** @throws StoreMasterException if a quote stands where none may, or is never closed */
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
                    yield Cell.QUOTED; // two quotes in a quoted cell stand for one
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
