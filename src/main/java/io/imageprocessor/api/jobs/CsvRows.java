package io.imageprocessor.api.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.opencsv.CSVWriter;
import io.imageprocessor.api.jobs.ImageResponse.ImageError;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import org.jspecify.annotations.Nullable;

/** Writes images as CSV: RFC 4180 in UTF-8, with a header line. A null value is an empty field. Not thread-safe. */
final class CsvRows implements ImageRows {

    static final String MEDIA_TYPE = "text/csv";

    private static final String[] HEADER = {
        "index",
        "store_id",
        "store_name",
        "area_code",
        "url",
        "visit_time",
        "status",
        "width",
        "height",
        "perimeter",
        "format",
        "bytes",
        "attempts",
        "download_ms",
        "gpu_ms",
        "error_code",
        "error_message"
    };

    private static final int BUFFERED_CHARACTERS = 1 << 16;

    private final CSVWriter csv;

    CsvRows(OutputStream out) {
        csv = new CSVWriter(
                new BufferedWriter(new OutputStreamWriter(out, UTF_8), BUFFERED_CHARACTERS),
                CSVWriter.DEFAULT_SEPARATOR,
                CSVWriter.DEFAULT_QUOTE_CHARACTER,
                CSVWriter.DEFAULT_ESCAPE_CHARACTER,
                CSVWriter.RFC4180_LINE_END);
        csv.writeNext(HEADER, false);
    }

    @Override
    public String contentType() {
        return MEDIA_TYPE + ";charset=UTF-8";
    }

    @Override
    public String extension() {
        return "csv";
    }

    @Override
    public void write(ImageResponse image) {
        ImageError error = image.error();
        @Nullable
        String[] row = {
            Integer.toString(image.index()),
            image.storeId(),
            image.storeName(),
            image.areaCode(),
            image.url(),
            image.visitTime().toString(),
            image.status(),
            text(image.width()),
            text(image.height()),
            text(image.perimeter()),
            image.format(),
            text(image.bytes()),
            text(image.attempts()),
            text(image.downloadMillis()),
            text(image.gpuMillis()),
            error == null ? null : error.code(),
            error == null ? null : error.message()
        };
        csv.writeNext(row, false);
    }

    /** Flushes the writer, which reports earlier failures only here. */
    @Override
    public void flush() throws IOException {
        csv.flush();
    }

    private static @Nullable String text(@Nullable Number number) {
        return number == null ? null : number.toString();
    }
}
