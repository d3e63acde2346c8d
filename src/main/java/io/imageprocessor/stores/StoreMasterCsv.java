package io.imageprocessor.stores;

import com.opencsv.CSVReader;
import com.opencsv.CSVReaderBuilder;
import com.opencsv.RFC4180ParserBuilder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/**
 * Reads the store master: a CSV file by RFC 4180 with a header and one store per row.
 *
 * <p>Columns may be in any order and in either spelling. Cells may be separated as in {@link CellSeparator}. Unknown
 * columns, and the blank rows and cells that spreadsheets leave, are ignored. Everything else that is irregular is
 * rejected, because a missing store would later fail every visit to it.
 */
final class StoreMasterCsv {

    private final String file;
    private final CSVReader reader;
    private final char separator;
    private final DataSize heap;
    private final Map<String, Long> lineOfId = new HashMap<>();
    private long line;

    private StoreMasterCsv(String file, CSVReader reader, char separator, DataSize heap) {
        this.file = file;
        this.reader = reader;
        this.separator = separator;
        this.heap = heap;
    }

    /**
     * Reads the stores of a file, in the order of the file.
     *
     * @param file path of the file, repeated unchanged in messages
     * @return at least one store; ids are trimmed and unique
     * @throws StoreMasterException if the file cannot be read, is malformed, exceeds a limit or has no stores
     */
    static List<Store> load(String file, StoreMasterLimits limits) {
        StoreMasterText text = StoreMasterText.read(file, limits.file());
        char separator = CellSeparator.of(text);
        StrictQuotes.check(file, text, separator);
        // opencsv's default parser would treat a backslash as an escape character.
        try (CSVReader reader = new CSVReaderBuilder(text.reader())
                .withCSVParser(
                        new RFC4180ParserBuilder().withSeparator(separator).build())
                .build()) {
            return new StoreMasterCsv(file, reader, separator, limits.heap()).stores();
        } catch (IOException e) {
            throw StoreMasterException.of(file, "cannot be read (" + e.getMessage() + ")");
        }
    }

    private List<Store> stores() throws IOException {
        String[] header = nextRow();
        if (header != null && CellSeparator.isDeclaration(header, separator)) {
            header = nextRow();
        }
        if (header == null) {
            throw StoreMasterException.at(file, 1, "the file is empty");
        }
        long lineOfHeader = line;
        StoreMasterColumns columns = StoreMasterColumns.of(file, lineOfHeader, header);
        List<Store> stores = new ArrayList<>();
        long weight = 0;
        for (String[] row = nextRow(); row != null; row = nextRow()) {
            Store store = store(columns, row);
            weight += StoreMasterLimits.weight(store);
            if (weight > heap.toBytes()) {
                throw StoreMasterException.at(
                        file,
                        line,
                        "too many stores for a heap of %d MB"
                                .formatted(Runtime.getRuntime().maxMemory() >> 20));
            }
            stores.add(store);
        }
        if (stores.isEmpty()) {
            throw StoreMasterException.at(file, lineOfHeader, "the file has no store");
        }
        return stores;
    }

    /** Returns the next row that has text, or null at the end; sets {@code line} to the first line of the row. */
    private String @Nullable [] nextRow() throws IOException {
        String[] row;
        do {
            line = reader.getLinesRead() + 1;
            row = reader.readNextSilently();
        } while (row != null && Arrays.stream(row).noneMatch(CellSeparator::hasText));
        return row;
    }

    private Store store(StoreMasterColumns columns, String[] row) {
        if (row.length < columns.required()
                || !Arrays.stream(row).skip(columns.count()).allMatch(UnicodeBlanks::isBlank)) {
            throw StoreMasterException.at(
                    file, line, "the row has %d cells, the header has %d".formatted(row.length, columns.count()));
        }
        String id = UnicodeBlanks.trim(row[columns.id()]);
        if (id.isEmpty()) {
            throw StoreMasterException.at(file, line, "blank store id");
        }
        Long first = lineOfId.putIfAbsent(id, line);
        if (first != null) {
            throw StoreMasterException.at(file, line, "duplicate store id %s (first on line %d)".formatted(id, first));
        }
        return new Store(id, UnicodeBlanks.trim(row[columns.name()]), UnicodeBlanks.trim(row[columns.area()]));
    }
}
