package io.imageprocessor.job;

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
    void allUrlsWithoutHostHaveOne() {
        assertNew("", "");
        assertKnown("ftp://a/1");
        assertKnown("http:///1");
    }

    private void assertNew(String url, String host) {
        assertThat(hosts.add(url)).isTrue();
        assertThat(hosts.last()).isEqualTo(host);
    }

    private void assertKnown(String url) {
        assertThat(hosts.add(url)).isFalse();
    }
}
