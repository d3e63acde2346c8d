package io.imageprocessor.api.jobs;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/** Writes images as NDJSON: one line for each, with the same object as in a page. Not thread-safe. */
final class JsonRows implements ImageRows {

    static final String MEDIA_TYPE = "application/x-ndjson";

    private static final int BUFFERED_BYTES = 1 << 16;

    private final ObjectWriter json;
    private final OutputStream out;

    JsonRows(JsonMapper json, OutputStream out) {
        this.json = json.writerFor(ImageResponse.class);
        this.out = new BufferedOutputStream(out, BUFFERED_BYTES);
    }

    @Override
    public String contentType() {
        return MEDIA_TYPE;
    }

    @Override
    public String extension() {
        return "ndjson";
    }

    @Override
    public void write(ImageResponse image) throws IOException {
        out.write(json.writeValueAsBytes(image));
        out.write('\n');
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }
}
