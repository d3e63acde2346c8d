package io.imageprocessor.image;

import static io.imageprocessor.image.Origin.ok;
import static io.imageprocessor.image.Photos.jpeg;
import static io.imageprocessor.image.Probes.measure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.image.http.AddressSource;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Creates the probes and origins of one test. Checks after the test that no connection, thread or permit has leaked.
 *
 * <p>Each probe may have one connection. If the downloads of the test have leaked it, no later download succeeds. If
 * one succeeds, every connection to the origins of the test must be closed.
 */
public final class Downloads implements BeforeEachCallback, AfterEachCallback {

    public static final byte[] PHOTO = jpeg(30, 40);

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<ImageProbe> probes = new ArrayList<>();
    private final List<Origin> origins = new ArrayList<>();
    private Set<Thread> threadsBefore = Set.of();

    /** Creates a probe that may connect to loopback, with one connection. */
    public ImageProbe probe(String... keysAndValues) {
        return probe(InetAddress::getAllByName, keysAndValues);
    }

    /** Creates a probe like {@link #probe(String...)} that resolves names with {@code addresses}. */
    public ImageProbe probe(AddressSource addresses, String... keysAndValues) {
        List<String> settings = new ArrayList<>(List.of("concurrency", "1"));
        settings.addAll(List.of(keysAndValues));
        ImageProbe probe = Probes.localProbe(addresses, settings.toArray(String[]::new));
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

    /** Creates an origin that runs {@code response} after the first request of each connection. */
    public Origin answering(Origin.Behaviour response) {
        return from(connection -> {
            connection.readRequest();
            response.serve(connection);
        });
    }

    /** Creates an origin that sends {@code response} for every request. */
    public Origin answering(String response) {
        return from(Origin.answering(Origin.ascii(response)));
    }

    /** Returns the failure of a download whose origin runs {@code response}. */
    public ImageFailure failureOf(Origin.Behaviour response, String... keysAndValues) {
        return Probes.failureOf(probe(keysAndValues), answering(response).url());
    }

    /** Returns the result of a download whose origin runs {@code response}. */
    public MeasuredImage measured(Origin.Behaviour response, String... keysAndValues) throws ImageFailedException {
        return measure(probe(keysAndValues), answering(response).url());
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        threadsBefore = Thread.getAllStackTraces().keySet();
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        try (Origin healthy = Origin.answering(ok(PHOTO))) {
            awaited("downloads to end").until(() -> probes.stream().allMatch(ImageProbe::isIdle));
            for (ImageProbe probe : probes) {
                // Repeated only because the timeouts of a test may be too short on a busy machine.
                awaited("a healthy download")
                        .ignoreExceptions()
                        .untilAsserted(
                                () -> assertThat(measure(probe, healthy.url()).bytes())
                                        .isEqualTo(PHOTO.length));
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

    /** Returns the threads of probes that did not exist {@code before}. */
    public static List<Thread> threadsSince(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread))
                .filter(thread -> thread.getName().startsWith("image-")
                        || thread.getName().startsWith("idle-connection"))
                .toList();
    }
}
