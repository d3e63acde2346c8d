package io.imageprocessor.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class DistinctHostsTest {

    private final DistinctHosts hosts = new DistinctHosts();

    @Test
    void findsEachHostOnce() {
        assertThat(hosts.add("http://a/1")).contains("a");
        assertThat(hosts.add("http://a/2")).isEmpty();
        assertThat(hosts.add("https://a?3")).isEmpty();
        assertThat(hosts.add(" HTTP://b:80#4")).contains("b:80");
        assertThat(hosts.add("http://a\\5")).isEmpty();
    }

    @Test
    void distinguishesAHostFromALongerOne() {
        assertThat(hosts.add("http://a")).contains("a");
        assertThat(hosts.add("http://ab")).contains("ab");
        assertThat(hosts.add("http://ab/")).isEmpty();
        assertThat(hosts.add("http://abc/")).contains("abc");
    }

    @Test
    void allUrlsWithoutHostHaveOne() {
        assertThat(hosts.add("")).isEqualTo(Optional.of(""));
        assertThat(hosts.add("ftp://a/1")).isEmpty();
        assertThat(hosts.add("http:///1")).isEmpty();
    }
}
