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
 * The settings of downloads. A value out of range prevents the start.
 *
 * @param concurrency limit of downloads, and so of connections, at once; a higher limit helps with slow origins, and
 *     each download in flight uses about 100 KB of heap
 * @param perHostConcurrency limit of downloads at once from one host; 0 selects 7/8 of the concurrency, which reserves
 *     an eighth for other hosts, so that one dead host cannot occupy every download
 * @param connectTimeout limit for connecting to one address, and for the wait for each part of a TLS handshake, which
 *     the total timeout bounds as a whole; 5s, because a lost first packet is sent again after 1s and 3s, and a host
 *     that is silent for longer is considered down
 * @param readTimeout longest wait for a response header, and longest pause within a body; 10s, because an origin that
 *     creates the photo on demand may need seconds, and one that is silent for longer rarely continues
 * @param totalTimeout deadline of one attempt from DNS to the last byte of the body, redirects included; 30s, which is
 *     enough for a 5 MB photo at 1.4 Mbit/s and ends downloads from very slow origins
 * @param maxBytes limit of the size of a body, counted while it streams; a larger one fails as too_large
 * @param maxRedirects limit of redirects in a row, each checked like the first URL; one more fails as
 *     too_many_redirects
 * @param maxAttempts limit of attempts at one image; retries follow only failures that may be temporary, and no retry
 *     starts later than this many total timeouts after the start of the first attempt, even if a Retry-After requests
 *     it
 * @param mode full reads every byte and checks that the body is complete; header stops as soon as the dimensions are
 *     known, which saves bandwidth but does not notice a truncated body; if a photo is large and its origin ignores
 *     ranges, header closes the connection
 * @param privateNetworks deny rejects every address that is not globally routable; allow permits loopback, private and
 *     link-local addresses, which gives clients access to your network
 * @param allowedPorts ports that downloads may connect to, such as 80,443; empty allows every port except the bad ports
 *     of the Fetch Standard (such as 25 or 6000), which browsers reject too and which are rejected even if they are
 *     listed
 * @param allowedHosts hosts that downloads may connect to, redirects included, each written as host or as *.domain,
 *     which matches every subdomain of the domain but not the domain itself; an IP address matches in every notation;
 *     empty allows every host
 * @param deniedHosts hosts that downloads may not connect to, redirects included, written like allowed-hosts; a host in
 *     both lists is denied
 * @param contact the contact for owners of origins, as a URL such as mailto:ops@example.org, sent to every origin in
 *     the User-Agent; empty sends none
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
        /** Every byte; fails if there are fewer than declared. */
        FULL,
        /** Only the beginning, until the dimensions are known. */
        HEADER
    }

    /** Whether downloads may connect to addresses that are not public. */
    public enum PrivateNetworks {
        /** Only globally routable unicast addresses are allowed. */
        DENY,
        /** Every address is allowed. */
        ALLOW
    }

    /** Replaces a per-host concurrency of 0 by 7/8 of the concurrency, and rejects lists with invalid hosts. */
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
