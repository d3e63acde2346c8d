package io.imageprocessor.image.http;

import io.imageprocessor.image.DownloadSettings.PrivateNetworks;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Decides which addresses downloads may connect to.
 *
 * <p>HttpClient calls this at every connect, redirects included, and connects only to the addresses returned. So a name
 * that resolves to another address later does not pass the check (DNS rebinding). Thread-safe.
 */
final class SourceAddressPolicy implements DnsResolver {

    /**
     * The IPv4 addresses that are not ordinary unicast: the whole IANA IPv4 Special-Purpose Address Registry (RFC
     * 6890), and multicast (RFC 5771). The anycast services of the registry, such as AS112, are reachable from
     * everywhere, but serve no photos, and may be hosts of the local network. In addition, 168.63.129.16: it is public,
     * but within Azure it is the agent of the host, which discloses settings of the machine.
     */
    private static final List<AddressBlock> DENIED_V4 = blocks(
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "168.63.129.16/32",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4");

    /**
     * The IPv6 addresses that are assigned as global unicast (RFC 4291). Mapped, compatible and NAT64 forms, discard,
     * SRv6, unique-local, link-local, site-local and multicast addresses are outside this block.
     */
    private static final AddressBlock GLOBAL_V6 = AddressBlock.of("2000::/3");

    /**
     * The blocks within {@link #GLOBAL_V6} that the IANA IPv6 Special-Purpose Address Registry lists. They are protocol
     * assignments such as Teredo, benchmarking and ORCHID, documentation, 6to4 and AS112.
     */
    private static final List<AddressBlock> DENIED_V6 =
            blocks("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20");

    private final PrivateNetworks privateNetworks;
    private final CachingDnsResolver resolver;

    SourceAddressPolicy(PrivateNetworks privateNetworks, CachingDnsResolver resolver) {
        this.privateNetworks = privateNetworks;
        this.resolver = resolver;
    }

    /** Reports that none of a host's addresses is allowed. */
    static final class AddressDeniedException extends UnknownHostException {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Returns the allowed addresses of {@code host}, at least one.
     *
     * @throws AddressDeniedException if no address is allowed
     */
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        List<InetAddress> addresses;
        try {
            addresses = resolver.resolve(host);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnknownHostException(host);
        }
        InetAddress[] allowed = addresses.stream()
                .filter(address -> privateNetworks == PrivateNetworks.ALLOW || isPublic(address))
                .toArray(InetAddress[]::new);
        if (allowed.length == 0) {
            throw new AddressDeniedException();
        }
        return allowed;
    }

    /**
     * Returns {@code host}. HttpClient needs this only for Kerberos, and a reverse lookup would disclose information.
     */
    @Override
    public String resolveCanonicalHostname(String host) {
        return host;
    }

    /** Returns whether {@code address} is globally routable unicast. */
    static boolean isPublic(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (address instanceof Inet4Address) {
            return DENIED_V4.stream().noneMatch(block -> block.contains(bytes));
        }
        return GLOBAL_V6.contains(bytes)
                && !isIsatap(bytes)
                && DENIED_V6.stream().noneMatch(block -> block.contains(bytes));
    }

    /**
     * Returns whether the interface identifier is ::0:5efe:a.b.c.d or ::200:5efe:a.b.c.d. With any prefix, packets to
     * it are sent to a.b.c.d (RFC 5214).
     */
    private static boolean isIsatap(byte[] address) {
        return (address[8] & ~2) == 0 && address[9] == 0 && address[10] == 0x5E && address[11] == (byte) 0xFE;
    }

    private static List<AddressBlock> blocks(String... blocks) {
        return Stream.of(blocks).map(AddressBlock::of).toList();
    }

    /** The addresses that share a prefix. */
    private static final class AddressBlock {
        private final byte[] prefix;
        private final int bits;

        private AddressBlock(byte[] prefix, int bits) {
            this.prefix = prefix;
            this.bits = bits;
        }

        static AddressBlock of(String block) {
            int slash = block.indexOf('/');
            InetAddress prefix = InetAddress.ofLiteral(block.substring(0, slash));
            return new AddressBlock(prefix.getAddress(), Integer.parseInt(block.substring(slash + 1)));
        }

        boolean contains(byte[] address) {
            for (int i = 0; i < bits; i += 8) {
                int mask = bits - i >= 8 ? 0xFF : 0xFF00 >> (bits - i) & 0xFF;
                if (((address[i / 8] ^ prefix[i / 8]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }
    }
}
