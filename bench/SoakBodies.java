import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;

/** Generates the submissions of the soak. Every image has its own URL. Thread-safe. */
final class SoakBodies {

    private static final String VISIT = "{\"store_id\":\"%s\",\"image_url\":[%s],\"visit_time\":\"2023-03-15\"}";

    private final String photoUrl;
    private final AtomicLong nextImage = new AtomicLong(1);

    SoakBodies(String photoUrl) {
        this.photoUrl = photoUrl;
    }

    /** Returns a submission of two visits with three images, and one with an image whose store is unknown. */
    byte[] small() {
        String known = "S00339218";
        return ascii("{\"count\":3,\"label\":\"soak\",\"visits\":["
                + VISIT.formatted(known, url() + "," + url())
                + ","
                + VISIT.formatted("S01408764", url())
                + ","
                + VISIT.formatted("unknown", url())
                + "]}");
    }

    /** Returns a submission with so many images of known stores. */
    byte[] large(int images) {
        var bytes = new ByteArrayOutputStream();
        for (byte[] chunk : new JobBody(photoUrl, nextImage.getAndAdd(images), images)) {
            bytes.writeBytes(chunk);
        }
        return bytes.toByteArray();
    }

    private String url() {
        return '"' + photoUrl + "?i=" + nextImage.getAndIncrement() + '"';
    }

    static byte[] gzip(byte[] body) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(body);
        }
        return bytes.toByteArray();
    }

    /** Returns a submission with one visit for each store, each with the same URL. */
    static byte[] visits(Iterable<String> stores, String url, String label) {
        var json = new StringBuilder("{\"visits\":[");
        int count = 0;
        for (String store : stores) {
            json.append(count++ == 0 ? "" : ",").append(VISIT.formatted(store, '"' + url + '"'));
        }
        json.append("],\"label\":\"")
                .append(label)
                .append("\",\"count\":")
                .append(count)
                .append('}');
        return ascii(json.toString());
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
