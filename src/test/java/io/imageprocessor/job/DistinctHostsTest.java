package io.imageprocessor.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DistinctHostsTest {

    private final DistinctHosts hosts = new DistinctHosts();

    @Test
    void findsEachHostOnce() {
        assertNew("http://a/1", "a");
        assertKnown("http://a/2");
        assertKnown("https://a?3");
        assertNew(" HTTP://b:80#4", "b:80");
        assertKnown("http://a\\5");
    }

    @Test
    void distinguishesAHostFromALongerOne() {
        assertNew("http://a", "a");
        assertNew("http://ab", "ab");
        assertKnown("http://ab/");
        assertNew("http://abc/", "abc");
    }

    @Test
    void distinguishesHostsOutsideAscii() {
        assertNew("http://\u00e9/1", "\u00e9");
        assertKnown("http://\u00e9/2");
        assertNew("http://\u00e8/3", "\u00e8");
        assertNew("\u0000", "");
    }

    @Test
    void allUrlsWithoutHostHaveOne() {
        assertNew("", "");
        assertKnown("ftp://a/1");
        assertKnown("http:///1");
    }

    private void assertNew(String url, String host) {
        assertThat(add(url)).isTrue();
        assertThat(hosts.last()).isEqualTo(host);
    }

    private void assertKnown(String url) {
        assertThat(add(url)).isFalse();
    }

    private boolean add(String url) {
        return hosts.add(url, url.getBytes(UTF_8));
    }
}
