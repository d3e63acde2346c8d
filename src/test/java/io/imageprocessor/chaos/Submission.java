package io.imageprocessor.chaos;

import io.imageprocessor.Proofs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * A job that a client submits, and its expected results.
 *
 * @param label unique, so that the job is found if its submission got no response
 * @param images in the order of the submission
 * @param key the Idempotency-Key
 */
record Submission(String label, List<Image> images, Optional<String> key) {

    private static final int LARGEST = Proofs.count("chaos.largest-job", 500, 3_000);
    private static final List<String> KNOWN_STORES = List.of("S00339218", "S01408764", "S00330999");
    private static final List<String> UNKNOWN_STORES = List.of("S00000000", "S99999999");

    /**
     * A photo and its expected result.
     *
     * @param failure the code of the failure; empty if the image succeeds
     */
    record Image(String storeId, String url, Optional<String> failure) {}

    /** Creates a job of one image to some thousand; small jobs are more frequent. */
    static Submission random(Random random, String label, PhotoOrigin origin) {
        int size = (int) Math.pow(LARGEST, random.nextDouble());
        List<Image> images = new ArrayList<>();
        while (images.size() < size) {
            boolean known = random.nextInt(20) > 0;
            List<String> stores = known ? KNOWN_STORES : UNKNOWN_STORES;
            String store = stores.get(random.nextInt(stores.size()));
            for (int left = 1 + random.nextInt(Math.min(50, size - images.size())); left > 0; left--) {
                images.add(image(random, store, known, label + "-" + images.size(), origin));
            }
        }
        return new Submission(label, images, random.nextBoolean() ? Optional.of("key-" + label) : Optional.empty());
    }

    /** Creates a job of one image, without a key: such jobs are saved together. */
    static Submission ofOneImage(Random random, String label, PhotoOrigin origin) {
        Image image = image(random, KNOWN_STORES.getFirst(), true, label, origin);
        return new Submission(label, List.of(image), Optional.empty());
    }

    private static Image image(Random random, String store, boolean known, String name, PhotoOrigin origin) {
        int kind = random.nextInt(100);
        Image image = kind < 92
                ? new Image(store, origin.url("/shelf/" + name), Optional.empty())
                : kind < 95
                        ? new Image(store, origin.url("/slow/" + name), Optional.empty())
                        : kind < 99
                                ? new Image(store, origin.url("/missing/" + name), Optional.of("http_status"))
                                : new Image(store, "no url: " + name, Optional.of("invalid_url"));
        return known ? image : new Image(store, image.url(), Optional.of("store_not_found"));
    }

    /** Returns the expected retry: all failed images. */
    Submission retry() {
        return new Submission(
                label,
                images.stream().filter(image -> image.failure().isPresent()).toList(),
                Optional.empty());
    }

    int failures() {
        return (int)
                images.stream().filter(image -> image.failure().isPresent()).count();
    }

    /** Returns the JSON. Successive images of a store form one visit. */
    String body() {
        StringBuilder visits = new StringBuilder();
        int count = 0;
        for (int i = 0; i < images.size(); i++) {
            Image image = images.get(i);
            if (i > 0 && image.storeId().equals(images.get(i - 1).storeId())) {
                visits.append(", ");
            } else {
                visits.append(count++ == 0 ? "" : "]},\n")
                        .append("{\"store_id\": \"%s\", \"visit_time\": \"2023-03-15T14:30:00Z\", \"image_url\": ["
                                .formatted(image.storeId()));
            }
            visits.append('"').append(image.url()).append('"');
        }
        return "{\"label\": \"%s\", \"count\": %d, \"visits\": [%s]}]}".formatted(label, count, visits);
    }
}
