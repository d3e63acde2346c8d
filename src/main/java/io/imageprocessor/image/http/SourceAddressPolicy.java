package io.imageprocessor.image.http;

import io.imageprocessor.image.DownloadSettings.PrivateNetworks;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Decides which addresses downloads may connect to. HttpClient asks at every connect, redirects included, and connects
 * to exactly the addresses it gets, so a name that resolves differently a moment later gains nothing. Thread-safe.
 */
public final class SourceAddressPolicy implements DnsResolver {

    /**
     * What IPv4 has besides ordinary unicast: the whole IANA IPv4 Special-Purpose Address Registry (RFC 6890), and
     * multicast (RFC 5771). Its anycast services, such as AS112, can be reached from everywhere, but serve no photos,
     * and may well be a host of the own network. And one number that is public but leads, within Azure, to the agent of
     * the machine's own host (168.63.129.16), which hands out its settings.
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
     * All of IPv6 that is handed out as global unicast (RFC 4291). Mapped, compatible and NAT64 forms, discard, SRv6,
     * unique-local, link-local, site-local and multicast addresses lie outside of it.
     */
    private static final AddressBlock GLOBAL_V6 = AddressBlock.of("2000::/3");

    /**
     * Of that, what the IANA IPv6 Special-Purpose Address Registry has: protocol assignments such as Teredo,
     * benchmarking and ORCHID, documentation, 6to4, AS112.
     */
    private static final List<AddressBlock> DENIED_V6 =
            blocks("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20");

    private final PrivateNetworks privateNetworks;
    private final CachingDnsResolver lookup;

    public SourceAddressPolicy(PrivateNetworks privateNetworks, CachingDnsResolver lookup) {
        this.privateNetworks = privateNetworks;
        this.lookup = lookup;
    }

    /** None of a host's addresses may be connected to. */
    static final class AddressDeniedException extends UnknownHostException {
        private static final long serialVersionUID = 1L;
    }

    /**
     * The addresses of {@code host} that may be connected to, at least one.
     *
     * @throws AddressDeniedException where there are addresses, but none that may be
     */
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        List<InetAddress> addresses;
        try {
            addresses = lookup.resolve(host);
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

    /** HttpClient asks for this only to name itself to Kerberos; a reverse lookup would tell strangers nothing good. */
    @Override
    public String resolveCanonicalHostname(String host) {
        return host;
    }

    public static boolean isPublic(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (address instanceof Inet4Address) {
            return DENIED_V4.stream().noneMatch(block -> block.contains(bytes));
        }
        return GLOBAL_V6.contains(bytes)
                && !isIsatap(bytes)
                && DENIED_V6.stream().noneMatch(block -> block.contains(bytes));
    }

    /**
     * An interface identifier ::0:5efe:a.b.c.d or ::200:5efe:a.b.c.d, whatever the prefix, leads to a.b.c.d (RFC 5214).
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
