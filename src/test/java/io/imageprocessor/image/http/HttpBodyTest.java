package io.imageprocessor.image.http;

import static io.imageprocessor.image.Downloads.PHOTO;
import static io.imageprocessor.image.Origin.ascii;
import static io.imageprocessor.image.Origin.concat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.imageprocessor.image.DownloadSettings;
import io.imageprocessor.image.Origin;
import io.imageprocessor.image.Probes;
import io.imageprocessor.image.url.ImageUrl;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class HttpBodyTest {

    @Test
    void releasesTheInflaterWithoutReadingTheRest() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(PHOTO);
            gzip.write(new byte[1 << 20]);
        }
        DownloadSettings settings = Probes.settings("private-networks", "allow");
        byte[] head = ascii("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1000000\r\n\r\n");
        byte[] buffer = new byte[100];
        try (Origin origin = Origin.that(connection -> {
                    connection.readRequest();
                    connection.send(concat(head, packed.toByteArray()));
                    // Whoever waits for the rest waits in vain.
                    connection.awaitHangUp();
                });
                CachingDnsResolver lookup = new CachingDnsResolver(InetAddress::getAllByName, 1, System::nanoTime);
                HttpTransport connections = new HttpTransport(
                        settings,
                        new SourceAddressPolicy(settings.privateNetworks(), lookup),
                        new NetworkFailures(settings));
                TimeoutWatchdog deadlines = new TimeoutWatchdog(settings.totalTimeout(), settings.readTimeout());
                TimeoutWatchdog.Attempt attempt = deadlines.begin()) {
            List<HttpBody> bodies = new ArrayList<>();
            var _ = new RangeFetcher(connections, RequestFactory.Wanted.WHOLE)
                    .ask(ImageUrl.parse(origin.url()), attempt, body -> {
                        assertThat(body.read(buffer, 0, buffer.length)).isPositive();
                        return bodies.add(body);
                    });

            // An inflater that has been ended refuses to go on; one that is merely out of use would.
            assertThatThrownBy(() -> bodies.getFirst().read(buffer, 0, buffer.length))
                    .hasMessage("Inflater has been closed");
            assertThat(attempt.expiry()).isEqualTo(TimeoutWatchdog.Expiry.NONE);
        }
    }
}
