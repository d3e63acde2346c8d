import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.stream.IntStream;

/**
 * The body of a submission, generated in chunks, so that a million images need little memory. Each visit has 20 photos,
 * and each photo has its own URL, so that no cache helps.
 */
final class JobBody implements Iterable<byte[]> {

    private static final int IMAGES_PER_VISIT = 20;
    private static final int VISITS_PER_CHUNK = 16;
    /** Two stores of the project's store master. */
    private static final String[] STORES = {"S00339218", "S01408764"};

    private final String photoUrl;
    private final long firstImage;
    private final int images;
    private final int visits;
    private final long length;

    /**
     * @param photoUrl URL of the photo, without the query that is added to it
     * @param firstImage number in the query of the first image; the next images count up
     * @param images number of images of the job
     */
    JobBody(String photoUrl, long firstImage, int images) {
        this.photoUrl = photoUrl;
        this.firstImage = firstImage;
        this.images = images;
        this.visits = Math.ceilDiv(images, IMAGES_PER_VISIT);
        long sum = 0;
        for (byte[] chunk : this) {
            sum += chunk.length;
        }
        this.length = sum;
    }

    /** Returns the total number of bytes. */
    long length() {
        return length;
    }

    @Override
    public Iterator<byte[]> iterator() {
        return IntStream.range(0, Math.ceilDiv(visits, VISITS_PER_CHUNK))
                .mapToObj(this::chunk)
                .iterator();
    }

    private byte[] chunk(int index) {
        var json = new StringBuilder(VISITS_PER_CHUNK * IMAGES_PER_VISIT * (photoUrl.length() + 16));
        int first = index * VISITS_PER_CHUNK;
        int end = Math.min(first + VISITS_PER_CHUNK, visits);
        for (int visit = first; visit < end; visit++) {
            json.append(visit == 0 ? "{\"count\": " + visits + ", \"visits\": [" : ",\n");
            appendVisit(json, visit);
        }
        if (end == visits) {
            json.append("]}");
        }
        return json.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private void appendVisit(StringBuilder json, int visit) {
        json.append("{\"store_id\": \"").append(STORES[visit % STORES.length]).append("\", \"image_url\": [");
        int first = visit * IMAGES_PER_VISIT;
        int end = Math.min(first + IMAGES_PER_VISIT, images);
        for (int image = first; image < end; image++) {
            json.append(image == first ? "\"" : ", \"")
                    .append(photoUrl)
                    .append("?i=")
                    .append(firstImage + image)
                    .append('"');
        }
        json.append("], \"visit_time\": \"2023-03-15T14:30:00Z\"}");
    }
}
