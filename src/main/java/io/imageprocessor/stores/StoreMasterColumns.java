package io.imageprocessor.stores;

import java.util.Locale;

/**
 * The positions of the columns in the store master, read from its header.
 *
 * @param area index of the area code
 * @param name index of the store name
 * @param id index of the store id
 * @param count number of cells in the header; every row must have as many
 */
record StoreMasterColumns(int area, int name, int id, int count) {

    /** @throws StoreMasterException if a column is missing or repeated */
    static StoreMasterColumns of(String file, long line, String[] header) {
        return new StoreMasterColumns(
                find(file, line, header, "AreaCode", "area_code"),
                find(file, line, header, "StoreName", "store_name"),
                find(file, line, header, "StoreID", "store_id"),
                header.length);
    }

    private static int find(String file, long line, String[] header, String spelling, String otherSpelling) {
        int found = -1;
        for (int i = 0; i < header.length; i++) {
            String cell = header[i].strip().toLowerCase(Locale.ROOT);
            if (cell.equals(spelling.toLowerCase(Locale.ROOT)) || cell.equals(otherSpelling)) {
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
