package io.imageprocessor.image;

import io.imageprocessor.image.url.HostList;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How photos are downloaded. A value out of its range stops the start.
 *
 * @param concurrency downloads, and so connections, open at once; more of them hide slower origins and take about 100
 *     KB of heap each while they run
 * @param perHostConcurrency of those, downloads from one host at once; 0 takes the default of 7/8 of the concurrency,
 *     which leaves a busy host nearly all of it but an eighth to the others, so that one dead host cannot hold every
 *     download
 * @param connectTimeout time to connect to one address, and longest wait for each part of a TLS handshake, which the
 *     total timeout bounds as a whole; 5s, because a lost first packet is sent again after 1s and 3s, and a host silent
 *     for longer is as good as down
 * @param readTimeout longest wait for the head of an answer, and longest pause within its body; 10s, because an origin
 *     that makes the photo on demand may think for seconds, and one silent for longer seldom speaks again
 * @param totalTimeout deadline of one attempt from DNS to the last byte of the body, redirects included; 30s, which
 *     lets a 5 MB photo through at 1.4 Mbit/s and frees the download of an origin that drips
 * @param maxBytes size of the largest body that is downloaded, counted as it streams; a larger one fails as too_large
 * @param maxRedirects redirects that are followed in a row, each checked like the first URL; one more fails as
 *     too_many_redirects
 * @param maxAttempts attempts at one image in all, of which the later ones are made only after failures that can heal;
 *     no image waits for one that would be due later than this many total timeouts after the beginning of its first,
 *     whatever a Retry-After asks for
 * @param mode full reads every byte and checks that the body came whole; header stops as soon as the size is known,
 *     which saves bandwidth and notices no broken body; where a photo is large and its origin ignores ranges, that ends
 *     the connection
 * @param privateNetworks deny refuses every address that is not globally routable; allow lets downloads reach loopback,
 *     private and link-local addresses, which hands whoever submits jobs a way into the network
 * @param allowedPorts ports that downloads may connect to, such as 80,443; empty allows every port but those that
 *     browsers refuse too (the Fetch Standard's bad ports, such as 25 or 6000), which stay refused even if they are
 *     listed
 * @param allowedHosts hosts that downloads may ask, redirects included, each written as host or as *.domain, which
 *     matches every subdomain of the domain but not the domain itself; an address matches however a URL writes it;
 *     empty allows every host
 * @param deniedHosts hosts that downloads may not ask, redirects included, written like allowed-hosts; a host that is
 *     in both is denied
 * @param contact whom the owner of an origin may turn to, as a URL such as mailto:ops@example.org; told to every origin
 *     in the User-Agent, and left out there while it is empty
 */
@Validated
@ConfigurationProperties("imageprocessor.download")
public record DownloadSettings(
        @Min(1) @DefaultValue("256") int concurrency,

        @Min(1) @DefaultValue("0") int perHostConcurrency,

        @DurationMin(millis = 1) @DurationMax(days = 1) @DefaultValue("5s")
        Duration connectTimeout,

        @DurationMin(millis = 1) @DurationMax(days = 1) @DefaultValue("10s")
        Duration readTimeout,

        @DurationMin(millis = 1) @DurationMax(days = 1) @DefaultValue("30s")
        Duration totalTimeout,

        @DefaultValue("64MB") DataSize maxBytes,
        @Min(0) @DefaultValue("5") int maxRedirects,
        @Min(1) @DefaultValue("3") int maxAttempts,
        @DefaultValue("full") Mode mode,
        @DefaultValue("deny") PrivateNetworks privateNetworks,
        @DefaultValue Set<@Min(1) @Max(65535) Integer> allowedPorts,
        @DefaultValue List<String> allowedHosts,
        @DefaultValue List<String> deniedHosts,

        @Pattern(
                regexp = "[!-~&&[^()\\\\]]{0,200}",
                message = "must be at most 200 visible ASCII characters, no parentheses and no backslashes,"
                        + " such as mailto:ops@example.org")
        @DefaultValue("")
        String contact) {

    /** How much of a body is read. */
    public enum Mode {
        /** Every byte, checked to be as many as promised. */
        FULL,
        /** Only as much as tells the size. */
        HEADER
    }

    /** Whether downloads may leave the public internet. */
    public enum PrivateNetworks {
        /** Only globally routable unicast addresses are connected to. */
        DENY,
        /** Every address is. */
        ALLOW
    }

    /** Replaces a per-host concurrency of 0 by 7/8 of the concurrency, and refuses lists of what are no hosts. */
    public DownloadSettings {
        if (perHostConcurrency == 0) {
            perHostConcurrency = Math.max(1, (int) (concurrency * 7L / 8));
        }
        allowedPorts = Set.copyOf(allowedPorts);
        allowedHosts = hosts("allowed-hosts", allowedHosts);
        deniedHosts = hosts("denied-hosts", deniedHosts);
    }

    private static List<String> hosts(String setting, List<String> patterns) {
        try {
            var _ = new HostList(patterns);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(setting + ": " + e.getMessage(), e);
        }
        return List.copyOf(patterns);
    }

    @AssertTrue(message = "max-bytes must be greater than 0")
    boolean isMaxBytesPositive() {
        return maxBytes.toBytes() > 0;
    }
}
