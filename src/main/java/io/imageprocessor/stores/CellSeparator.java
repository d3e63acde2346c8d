package io.imageprocessor.stores;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * Finds the character between the cells of the store master: a comma, a semicolon or a tab. Spreadsheets choose it by
 * the country of their user, and by the format in which they save. Thread-safe.
 */
final class CellSeparator {

    private static final String SEPARATORS = ",;\t";

    /**
     * The line in which Excel declares the separator, before the header; saved again, it has as many cells as others.
     */
    private static final Pattern DECLARATION = Pattern.compile("sep=(.)\\1*", Pattern.CASE_INSENSITIVE);

    private CellSeparator() {}

    /** Returns the separator with which the header has the most columns of the store master; a comma if it has none. */
    static char of(StoreMasterText text) {
        String header = header(text);
        char best = ',';
        long most = 0;
        for (int i = 0; i < SEPARATORS.length(); i++) {
            char separator = SEPARATORS.charAt(i);
            long columns = Arrays.stream(header.split(Pattern.quote(String.valueOf(separator))))
                    .filter(cell -> StoreMasterColumns.isKnown(cell.replace("\"", "")))
                    .count();
            if (columns > most) {
                most = columns;
                best = separator;
            }
        }
        return best;
    }

    /** Returns whether the first row only declares the separator. */
    static boolean isDeclaration(String[] firstRow, char separator) {
        return DECLARATION
                .matcher(String.join(String.valueOf(separator), firstRow))
                .matches();
    }

    /** Returns the first line with text. A longer one than a row may be is cut off, and rejected later. */
    private static String header(StoreMasterText text) {
        StringBuilder line = new StringBuilder();
        boolean quoted = false;
        try (Reader reader = text.reader()) {
            for (int c = reader.read(); c >= 0 && line.length() < StrictQuotes.MAX_ROW; c = reader.read()) {
                quoted ^= c == '"';
                if (quoted || (c != '\n' && c != '\r')) {
                    line.append((char) c);
                } else if (hasText(line) && !DECLARATION.matcher(line).matches()) {
                    break;
                } else {
                    line.setLength(0);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the text is in memory", e);
        }
        return line.toString();
    }

    /** Returns whether a line or cell has more than blanks, quotes and separators of any kind. */
    static boolean hasText(CharSequence text) {
        return text.chars().anyMatch(c -> SEPARATORS.indexOf(c) < 0 && c != '"' && !UnicodeBlanks.isBlank((char) c));
    }
}
