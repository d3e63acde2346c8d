package io.imageprocessor.image.http;

import static io.imageprocessor.gzip.Gzip.gzip;
import static io.imageprocessor.image.Downloads.PHOTO;
import static io.imageprocessor.image.Origin.ascii;
import static io.imageprocessor.image.Origin.concat;
import static io.imageprocessor.image.Photos.padded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.imageprocessor.image.DownloadSettings;
import io.imageprocessor.image.Origin;
import io.imageprocessor.image.Probes;
import io.imageprocessor.image.url.ImageUrl;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HttpBodyTest {

    @Test
    void releasesTheInflaterWithoutReadingTheRest() throws Exception {
        byte[] encoded = gzip(padded(PHOTO, 1 << 20));
        DownloadSettings settings = Probes.settings("private-networks", "allow");
        byte[] head = ascii("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1000000\r\n\r\n");
        byte[] buffer = new byte[100];
        try (Origin origin = Origin.that(connection -> {
                    connection.readRequest();
                    connection.send(concat(head, encoded));
                    // The rest of the body never arrives.
                    connection.awaitHangUp();
                });
                CachingDnsResolver resolver = new CachingDnsResolver(InetAddress::getAllByName, 1, System::nanoTime);
                HttpTransport transport = new HttpTransport(
                        settings,
                        new SourceAddressPolicy(settings.privateNetworks(), resolver),
                        new NetworkFailures(settings));
                TimeoutWatchdog watchdog = new TimeoutWatchdog(settings.totalTimeout(), settings.readTimeout());
                TimeoutWatchdog.Attempt attempt = watchdog.begin()) {
            List<HttpBody> bodies = new ArrayList<>();
            var _ = new RangeFetcher(transport, RequestFactory.Wanted.WHOLE)
                    .fetch(ImageUrl.parse(origin.url()), attempt, body -> {
                        assertThat(body.read(buffer, 0, buffer.length)).isPositive();
                        return bodies.add(body);
                    });

            // Only an inflater that was released rejects further use.
            assertThatThrownBy(() -> bodies.getFirst().read(buffer, 0, buffer.length))
                    .hasMessage("Inflater has been closed");
            assertThat(attempt.timeout()).isEqualTo(TimeoutWatchdog.TimeoutKind.NONE);
        }
    }
}
