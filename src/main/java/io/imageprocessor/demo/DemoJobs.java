package io.imageprocessor.demo;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.stream.Stream;
import lombok.RequiredArgsConstructor;

/** Creates the jobs of the demo. All stores except {@code UNKNOWN_STORE} are in the project's store master. */
@RequiredArgsConstructor
final class DemoJobs {

    private static final String STORE = "S00339218";
    private static final List<String> OTHER_STORES = List.of("S01408764", "S00330999", "S00359379");
    private static final String UNKNOWN_STORE = "S99999999";
    private static final String MISSING_PHOTO = "aisle-9.jpg";
    private static final String TIME = "2023-03-15T14:30:00Z";

    /** The base URL of the service that serves the photos. */
    private final String baseUrl;

    /** The body of {@code POST /api/submit}. */
    record Submission(int count, List<Visit> visits) {

        private static Submission of(List<Visit> visits) {
            return new Submission(visits.size(), visits);
        }

        int images() {
            return visits.stream().mapToInt(visit -> visit.imageUrls().size()).sum();
        }
    }

    /** A visit of a submission; {@code visitTime} is ISO 8601. */
    @JsonPropertyOrder({"store_id", "image_url", "visit_time"})
    record Visit(
            @JsonProperty("store_id") String storeId,
            @JsonProperty("image_url") List<String> imageUrls,
            @JsonProperty("visit_time") String visitTime) {}

    /** Returns a job that completes: a visit to each of four stores, with every photo. */
    Submission good() {
        String[] photos = DemoPhotos.ALL.stream().map(DemoPhotos.Photo::name).toArray(String[]::new);
        return Submission.of(Stream.concat(Stream.of(STORE), OTHER_STORES.stream())
                .map(store -> visit(store, photos))
                .toList());
    }

    /** Returns a job that fails: one photo is missing, and one store is unknown. */
    Submission bad() {
        return Submission.of(
                List.of(visit(STORE, "aisle-1.jpg", MISSING_PHOTO, "cooler.gif"), visit(UNKNOWN_STORE, "snacks.png")));
    }

    /** Returns a job that completes at once: one photo. */
    Submission single() {
        return Submission.of(List.of(visit(STORE, "aisle-1.jpg")));
    }

    private Visit visit(String store, String... photos) {
        return new Visit(store, Stream.of(photos).map(this::url).toList(), TIME);
    }

    private String url(String photo) {
        return baseUrl + DemoPhotos.PATH + photo;
    }
}
