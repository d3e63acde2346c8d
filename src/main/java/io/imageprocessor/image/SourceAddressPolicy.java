package io.imageprocessor.image;

import io.imageprocessor.image.DownloadSettings.PrivateNetworks;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Decides which addresses downloads may connect to. HttpClient asks at every connect, redirects included, and connects to
 * exactly the addresses it gets, so a name that resolves differently a moment later gains nothing. Thread-safe.
 */
final class SourceAddressPolicy implements DnsResolver {

    /**
     * What IPv4 has besides globally routable unicast, from the IANA IPv4 Special-Purpose Address Registry (RFC 6890) and
     * RFC 5771 (multicast).
     */
    private static final List<AddressBlock> DENIED_V4 = blocks(
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4");

    /** All of IPv6 that is handed out as global unicast; mapped, compatible, NAT64 and local forms lie outside of it. */
    private static final AddressBlock GLOBAL_V6 = AddressBlock.of("2000::/3");

    /** Of that, what leads elsewhere: protocol assignments such as Teredo and ORCHID, documentation, 6to4. */
    private static final List<AddressBlock> DENIED_V6 = blocks("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");

    private final PrivateNetworks privateNetworks;
    private final HostLookup lookup;

    SourceAddressPolicy(PrivateNetworks privateNetworks, HostLookup lookup) {
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
        InetAddress[] addresses;
        try {
            addresses = lookup.resolve(host);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnknownHostException(host);
        }
        if (privateNetworks == PrivateNetworks.ALLOW) {
            return addresses;
        }
        InetAddress[] allowed =
                Arrays.stream(addresses).filter(SourceAddressPolicy::isPublic).toArray(InetAddress[]::new);
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

    static boolean isPublic(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (address instanceof Inet4Address) {
            return DENIED_V4.stream().noneMatch(block -> block.contains(bytes));
        }
        return GLOBAL_V6.contains(bytes) && DENIED_V6.stream().noneMatch(block -> block.contains(bytes));
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
