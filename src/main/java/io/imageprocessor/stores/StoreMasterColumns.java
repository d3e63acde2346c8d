package io.imageprocessor.stores;

import java.util.Arrays;
import lombok.RequiredArgsConstructor;

/**
 * The positions of the columns in the store master, read from its header.
 *
 * @param area index of the area code
 * @param name index of the store name
 * @param id index of the store id
 * @param count number of cells in the header; further cells of a row must be blank
 */
record StoreMasterColumns(int area, int name, int id, int count) {

    /** Returns how many cells a row must have. Excel omits the last ones of rows where they are empty. */
    int required() {
        return Math.max(area, Math.max(name, id)) + 1;
    }

    /** The columns, in the order in which a missing one is reported, with both spellings. */
    @RequiredArgsConstructor
    private enum Column {
        AREA("AreaCode", "area_code"),
        NAME("StoreName", "store_name"),
        ID("StoreID", "store_id");

        private final String spelling;
        private final String otherSpelling;

        boolean matches(String cell) {
            String text = UnicodeBlanks.trim(cell);
            return text.equalsIgnoreCase(spelling) || text.equalsIgnoreCase(otherSpelling);
        }

        private int find(String file, long line, String[] header) {
            int found = -1;
            for (int i = 0; i < header.length; i++) {
                if (matches(header[i])) {
                    if (found >= 0) {
                        throw StoreMasterException.at(file, line, "column %s is repeated".formatted(spelling));
                    }
                    found = i;
                }
            }
            if (found < 0) {
                throw StoreMasterException.at(
                        file, line, "column %s (or %s) is missing".formatted(spelling, otherSpelling));
            }
            return found;
        }
    }

    /** @throws StoreMasterException if a column is missing or repeated */
    static StoreMasterColumns of(String file, long line, String[] header) {
        return new StoreMasterColumns(
                Column.AREA.find(file, line, header),
                Column.NAME.find(file, line, header),
                Column.ID.find(file, line, header),
                header.length);
    }

    /** Returns whether this cell of a header names a column of the store master. */
    static boolean isKnown(String cell) {
        return Arrays.stream(Column.values()).anyMatch(column -> column.matches(cell));
    }
}
