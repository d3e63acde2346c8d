package io.imageprocessor.image.url;

import io.imageprocessor.image.DownloadSettings;
import io.imageprocessor.image.ImageFailedException;
import io.imageprocessor.image.ImageFailure.AddressDenied;
import java.util.BitSet;

/**
 * Decides which URLs may be requested, by host and port. Addresses are checked at connect time. Must be called before
 * every request, redirects included. Thread-safe.
 */
public final class SourceUrlPolicy {

    /**
     * The bad ports of the <a href="https://fetch.spec.whatwg.org/#port-blocking">Fetch Standard</a>, as of June 2026.
     * Their services could interpret an HTTP request as a request of their own protocol.
     */
    private static final int[] BAD_PORTS = {
        0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
        110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530,
        531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190,
        5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080
    };

    private final BitSet ports = new BitSet(65536);
    private final HostList allowedHosts;
    private final HostList deniedHosts;

    /** Creates a policy from the ports and hosts that {@code settings} allow and deny. */
    public SourceUrlPolicy(DownloadSettings settings) {
        if (settings.allowedPorts().isEmpty()) {
            ports.set(0, 65536);
        } else {
            settings.allowedPorts().forEach(ports::set);
        }
        for (int port : BAD_PORTS) {
            ports.clear(port);
        }
        allowedHosts = new HostList(settings.allowedHosts());
        deniedHosts = new HostList(settings.deniedHosts());
    }

    /** Fails as {@code address_denied} if {@code url} may not be requested. */
    public void check(ImageUrl url) throws ImageFailedException {
        if (!ports.get(url.port())) {
            throw new ImageFailedException(new AddressDenied("the port is not allowed"));
        }
        if (deniedHosts.contains(url.host()) || !(allowedHosts.isEmpty() || allowedHosts.contains(url.host()))) {
            throw new ImageFailedException(new AddressDenied("the host is not allowed"));
        }
    }
}
