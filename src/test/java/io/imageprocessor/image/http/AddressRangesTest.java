package io.imageprocessor.image.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The address ranges that {@link SourceAddressPolicy} treats as public. */
class AddressRangesTest {

    /**
     * The first and last address of each range, and its neighbours. A neighbour is left out if it belongs to another
     * range.
     */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
                    this network           | 0.0.0.0         | 0.255.255.255   |                 | 1.0.0.0
                    private                | 10.0.0.0        | 10.255.255.255  | 9.255.255.255   | 11.0.0.0
                    carrier-grade NAT      | 100.64.0.0      | 100.127.255.255 | 100.63.255.255  | 100.128.0.0
                    loopback               | 127.0.0.0       | 127.255.255.255 | 126.255.255.255 | 128.0.0.0
                    Azure's host agent     | 168.63.129.16   | 168.63.129.16   | 168.63.129.15   | 168.63.129.17
                    link-local             | 169.254.0.0     | 169.254.255.255 | 169.253.255.255 | 169.255.0.0
                    private                | 172.16.0.0      | 172.31.255.255  | 172.15.255.255  | 172.32.0.0
                    protocol assignments   | 192.0.0.0       | 192.0.0.255     | 191.255.255.255 | 192.0.1.0
                    documentation          | 192.0.2.0       | 192.0.2.255     | 192.0.1.255     | 192.0.3.0
                    AS112                  | 192.31.196.0    | 192.31.196.255  | 192.31.195.255  | 192.31.197.0
                    AMT                    | 192.52.193.0    | 192.52.193.255  | 192.52.192.255  | 192.52.194.0
                    6to4 relays            | 192.88.99.0     | 192.88.99.255   | 192.88.98.255   | 192.88.100.0
                    private                | 192.168.0.0     | 192.168.255.255 | 192.167.255.255 | 192.169.0.0
                    AS112                  | 192.175.48.0    | 192.175.48.255  | 192.175.47.255  | 192.175.49.0
                    benchmarking           | 198.18.0.0      | 198.19.255.255  | 198.17.255.255  | 198.20.0.0
                    documentation          | 198.51.100.0    | 198.51.100.255  | 198.51.99.255   | 198.51.101.0
                    documentation          | 203.0.113.0     | 203.0.113.255   | 203.0.112.255   | 203.0.114.0
                    multicast              | 224.0.0.0       | 239.255.255.255 | 223.255.255.255 |
                    reserved and broadcast | 240.0.0.0       | 255.255.255.255 |                 |
                    all below 2000::/3     | ::              | 1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff |     | 2000::
                    protocol assignments   | 2001::          | 2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff \
                                           | 2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff | 2001:200::
                    documentation          | 2001:db8::      | 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff \
                                           | 2001:db7:ffff:ffff:ffff:ffff:ffff:ffff | 2001:db9::
                    6to4                   | 2002::          | 2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff \
                                           | 2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff | 2003::
                    AS112                  | 2620:4f:8000::  | 2620:4f:8000:ffff:ffff:ffff:ffff:ffff \
                                           | 2620:4f:7fff:ffff:ffff:ffff:ffff:ffff | 2620:4f:8001::
                    documentation          | 3fff::          | 3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff \
                                           | 3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff | 3fff:1000::
                    all above 2000::/3     | 4000::          | ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff \
                                           | 3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff |
                    """)
    void rejectsEachRangeFromItsFirstToItsLastAddress(
            String range, String first, String last, String before, String after) {
        assertThat(isPublic(first)).as("first").isFalse();
        assertThat(isPublic(last)).as("last").isFalse();
        assertThat(before == null || isPublic(before)).as("before").isTrue();
        assertThat(after == null || isPublic(after)).as("after").isTrue();
    }

    /** Addresses within the ranges above, with the reason for each. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    loopback                    | 127.0.0.1
                    cloud metadata              | 169.254.169.254
                    broadcast                   | 255.255.255.255
                    loopback                    | ::1
                    compatible                  | ::8.8.8.8
                    mapped                      | ::ffff:127.0.0.1
                    mapped                      | ::ffff:a00:1
                    translated (SIIT)           | ::ffff:0:8.8.8.8
                    NAT64, first                | 64:ff9b::
                    NAT64                       | 64:ff9b::8.8.8.8
                    NAT64, last                 | 64:ff9b::ffff:ffff
                    local NAT64, first          | 64:ff9b:1::
                    local NAT64, last           | 64:ff9b:1:ffff:ffff:ffff:ffff:ffff
                    discard, first              | 100::
                    discard, last               | 100::ffff:ffff:ffff:ffff
                    dummy                       | 100:0:0:1::
                    Teredo, first               | 2001::
                    Teredo                      | 2001:0:4136:e378:8000:63bf:3fff:fdd2
                    Teredo, last                | 2001:0:ffff:ffff:ffff:ffff:ffff:ffff
                    port control anycast        | 2001:1::1
                    benchmarking, first         | 2001:2::
                    benchmarking, last          | 2001:2:0:ffff:ffff:ffff:ffff:ffff
                    AMT                         | 2001:3::1
                    AS112                       | 2001:4:112::1
                    ORCHID                      | 2001:10::1
                    ORCHIDv2, first             | 2001:20::
                    ORCHIDv2, last              | 2001:2f:ffff:ffff:ffff:ffff:ffff:ffff
                    drone remote ids            | 2001:30::1
                    6to4 of a public address    | 2002:808:808::1
                    6to4 of loopback            | 2002:7f00:1::1
                    SRv6, first                 | 5f00::
                    SRv6, last                  | 5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff
                    unique-local, first         | fc00::
                    unique-local                | fd00:ec2::254
                    unique-local, last          | fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
                    link-local, first           | fe80::
                    link-local, last            | febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff
                    deprecated site-local, first| fec0::
                    deprecated site-local, last | feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
                    multicast                   | ff02::1
                    multicast                   | ff0e::1
                    ISATAP of a private address | 2a00:1450:4001:81b:0:5efe:10.0.0.1
                    ISATAP, first               | 2a00:1450:4001:81b:0:5efe::
                    ISATAP, last                | 2a00:1450:4001:81b:0:5efe:ffff:ffff
                    ISATAP, universal bit       | 2a00:1450:4001:81b:200:5efe:10.0.0.1
                    ISATAP, universal, last     | 2a00:1450:4001:81b:200:5efe:ffff:ffff
                    """)
    void rejectsAddressesThatAreNotGloballyRoutable(String reason, String address) {
        assertThat(isPublic(address)).as(reason).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "8.8.8.8",
                "::ffff:8.8.8.8",
                "2001:4860:4860::8888",
                "2606:4700::1111",
                "2a00:1450:4001:81b:0:5efd:ffff:ffff",
                "2a00:1450:4001:81b:0:5eff::",
                "2a00:1450:4001:81b:1:5efe:a00:1",
                "2a00:1450:4001:81b:100:5efe:a00:1",
                "2a00:1450:4001:81b:202:5efe:a00:1"
            })
    void allowsGloballyRoutableAddresses(String address) {
        assertThat(isPublic(address)).isTrue();
    }

    private static boolean isPublic(String address) {
        return SourceAddressPolicy.isPublic(InetAddress.ofLiteral(address));
    }
}
