package io.imageprocessor.image;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.imageprocessor.image.http.CachingDnsResolver;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Probes under test, and what they fail with. */
public final class Probes {

    private Probes() {}

    /** The defaults, save for these keys and values of {@code imageprocessor.download}. */
    public static DownloadSettings settings(String... keysAndValues) {
        Map<String, String> properties = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            properties.put("imageprocessor.download." + keysAndValues[i], keysAndValues[i + 1]);
        }
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("imageprocessor.download", DownloadSettings.class);
    }

    /** A probe that may reach loopback. */
    public static ImageProbe localProbe(String... keysAndValues) {
        return localProbe(InetAddress::getAllByName, keysAndValues);
    }

    /** The same, with addresses from {@code addresses}. */
    public static ImageProbe localProbe(CachingDnsResolver.Source addresses, String... keysAndValues) {
        String[] all = Arrays.copyOf(keysAndValues, keysAndValues.length + 2);
        all[keysAndValues.length] = "private-networks";
        all[keysAndValues.length + 1] = "allow";
        return probe(settings(all), addresses);
    }

    /** A probe that resolves names by {@code addresses}. */
    public static ImageProbe probe(DownloadSettings settings, CachingDnsResolver.Source addresses) {
        return new ImageProbe(settings, addresses);
    }

    public static ImageFailure failureOf(ImageProbe probe, String url) {
        return catchThrowableOfType(ImageFailedException.class, () -> probe.measure(url))
                .failure();
    }
}
