package io.imageprocessor.image;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.imageprocessor.image.http.AddressSource;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Creates probes for tests, and runs their downloads on virtual threads. */
public final class Probes {

    private Probes() {}

    /** Returns the default settings, except for these keys and values of {@code imageprocessor.download}. */
    public static DownloadSettings settings(String... keysAndValues) {
        Map<String, String> properties = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            properties.put("imageprocessor.download." + keysAndValues[i], keysAndValues[i + 1]);
        }
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("imageprocessor.download", DownloadSettings.class);
    }

    /** Creates a probe that may connect to loopback. */
    public static ImageProbe localProbe(String... keysAndValues) {
        return localProbe(InetAddress::getAllByName, keysAndValues);
    }

    /** Creates a probe that may connect to loopback and resolves names with {@code addresses}. */
    public static ImageProbe localProbe(AddressSource addresses, String... keysAndValues) {
        String[] all = Arrays.copyOf(keysAndValues, keysAndValues.length + 2);
        all[keysAndValues.length] = "private-networks";
        all[keysAndValues.length + 1] = "allow";
        return probe(settings(all), addresses);
    }

    /** Creates a probe that resolves names with {@code addresses}. */
    public static ImageProbe probe(DownloadSettings settings, AddressSource addresses) {
        return new ImageProbe(settings, addresses);
    }

    /** Measures {@code url} on this thread if it is virtual, and on a new virtual thread otherwise. */
    public static MeasuredImage measure(ImageProbe probe, String url) throws ImageFailedException {
        if (Thread.currentThread().isVirtual()) {
            return probe.measure(url);
        }
        FutureTask<MeasuredImage> measuring = new FutureTask<>(() -> probe.measure(url));
        Thread.ofVirtual().start(measuring);
        try {
            return measuring.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ImageFailedException failed) {
                throw failed;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the failure of measuring {@code url}. */
    public static ImageFailure failureOf(ImageProbe probe, String url) {
        return catchThrowableOfType(ImageFailedException.class, () -> measure(probe, url))
                .failure();
    }

    /** Returns whether the probe has no download in flight and no connection in use. */
    public static boolean isIdle(ImageProbe probe) {
        return probe.isIdle();
    }
}
