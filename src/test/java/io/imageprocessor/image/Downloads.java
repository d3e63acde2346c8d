package io.imageprocessor.image;

import static io.imageprocessor.image.Origin.ok;
import static io.imageprocessor.image.Photos.jpeg;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The probes and origins of one test, and the proof afterwards that no connection, thread or permit of theirs is left,
 * whatever the origins did.
 *
 * <p>The probes may have one connection: if the test's downloads have lost it, no other download succeeds; and if one
 * does, every connection to the test's own origins must have ended for it.
 */
public final class Downloads implements BeforeEachCallback, AfterEachCallback {

    public static final byte[] PHOTO = jpeg(30, 40);

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<ImageProbe> probes = new ArrayList<>();
    private final List<Origin> origins = new ArrayList<>();
    private Set<Thread> threadsBefore = Set.of();

    /** A probe that may reach loopback, over one connection. */
    public ImageProbe probe(String... keysAndValues) {
        List<String> settings = new ArrayList<>(List.of("concurrency", "1"));
        settings.addAll(List.of(keysAndValues));
        ImageProbe probe = Probes.localProbe(settings.toArray(String[]::new));
        probes.add(probe);
        return probe;
    }

    public Origin from(Origin origin) {
        origins.add(origin);
        return origin;
    }

    public Origin from(Origin.Behaviour behaviour) {
        return from(Origin.that(behaviour));
    }

    /** An origin that does {@code answer} after the first request of each connection. */
    public Origin answering(Origin.Behaviour answer) {
        return from(connection -> {
            connection.readRequest();
            answer.serve(connection);
        });
    }

    /** An origin that answers every request with {@code answer}. */
    public Origin answering(String answer) {
        return from(Origin.answering(Origin.ascii(answer)));
    }

    /** What a download fails with whose request is answered like that. */
    public ImageFailure failureOf(Origin.Behaviour answer, String... keysAndValues) {
        return Probes.failureOf(probe(keysAndValues), answering(answer).url());
    }

    /** What a download of {@link #PHOTO} finds whose request is answered like that. */
    public MeasuredImage measured(Origin.Behaviour answer, String... keysAndValues) throws ImageFailedException {
        return probe(keysAndValues).measure(answering(answer).url());
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        threadsBefore = Thread.getAllStackTraces().keySet();
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        try (Origin healthy = Origin.answering(ok(PHOTO))) {
            awaited("downloads to leave nothing under way")
                    .until(() -> probes.stream().allMatch(ImageProbe::isIdle));
            for (ImageProbe probe : probes) {
                // More than once only because a test's timeouts may be too short for a busy machine.
                awaited("a healthy download")
                        .ignoreExceptions()
                        .untilAsserted(() ->
                                assertThat(probe.measure(healthy.url()).bytes()).isEqualTo(PHOTO.length));
            }
            awaited("connections to end")
                    .untilAsserted(() -> assertThat(origins)
                            .allSatisfy(origin -> assertThat(origin.open()).isZero()));
        } finally {
            probes.forEach(ImageProbe::close);
            for (Origin origin : origins) {
                origin.close();
            }
        }
        awaited("threads to end")
                .untilAsserted(() -> assertThat(threadsSince(threadsBefore)).isEmpty());
    }

    private static ConditionFactory awaited(String what) {
        return await(what).atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5));
    }

    /** Threads of probes that were not there {@code before}. */
    public static List<Thread> threadsSince(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread))
                .filter(thread -> thread.getName().startsWith("image-")
                        || thread.getName().startsWith("idle-connection"))
                .toList();
    }
}
