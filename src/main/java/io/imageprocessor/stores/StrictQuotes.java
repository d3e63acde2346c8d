package io.imageprocessor.stores;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;

/**
 * Rejects quotes that RFC 4180, section 2 (rules 5 to 7) does not allow, and rows that are too long. opencsv accepts
 * such quotes and may merge a row with the next one, so that a store is missing without an error.
 *
 * <p>Keeps state from character to character. For one file and one thread.
 */
final class StrictQuotes {

    /** Far more than a row of a store master has. opencsv holds a row several times. */
    static final int MAX_ROW = 100_000;

    private enum Cell {
        START,
        BARE,
        QUOTED,
        CLOSED
    }

    private final String file;
    private final char separator;
    private Cell cell = Cell.START;
    private char previous;
    private int line = 1;
    private int openedOn;
    private int rowLength;

    private StrictQuotes(String file, char separator) {
        this.file = file;
        this.separator = separator;
    }

    /** @throws StoreMasterException if a quote is misplaced or never closed, or a row is too long */
    static void check(String file, StoreMasterText text, char separator) {
        StrictQuotes quotes = new StrictQuotes(file, separator);
        try (Reader reader = text.reader()) {
            for (int c = reader.read(); c >= 0; c = reader.read()) {
                quotes.next((char) c);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the text is in memory", e);
        }
        if (quotes.cell == Cell.QUOTED) {
            throw StoreMasterException.at(file, quotes.openedOn, "a quote is opened and never closed");
        }
    }

    private void next(char c) {
        if (++rowLength > MAX_ROW) {
            throw StoreMasterException.at(file, line, "a row longer than %d characters".formatted(MAX_ROW));
        }
        if (c != '\n' && c != '\r') {
            cell = after(c);
        } else if (c == '\r' || previous != '\r') {
            endLine();
        }
        previous = c;
    }

    private void endLine() {
        line++;
        if (cell != Cell.QUOTED) {
            cell = Cell.START;
            rowLength = 0;
        }
    }

    private Cell after(char c) {
        return switch (cell) {
            case START -> c == '"' ? open() : c == separator ? Cell.START : Cell.BARE;
            case BARE -> {
                if (c == '"') {
                    throw StoreMasterException.at(file, line, "a quote inside a cell that does not start with one");
                }
                yield c == separator ? Cell.START : Cell.BARE;
            }
            case QUOTED -> c == '"' ? Cell.CLOSED : Cell.QUOTED;
            case CLOSED -> {
                if (c == '"') {
                    yield Cell.QUOTED; // two quotes in a quoted cell mean one quote
                }
                if (c != separator) {
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
