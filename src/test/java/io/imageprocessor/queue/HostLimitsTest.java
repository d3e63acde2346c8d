package io.imageprocessor.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.image.ImageFailure.Contact;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostLimitsTest {

    @Test
    void knowsAHostByItsNameUntilItsLastLineIsWorkedThrough() {
        HostLimits hosts = new HostLimits(1, 4);
        Host host = hosts.ofNewLine("a");
        assertThat(hosts.ofNewLine("a")).isSameAs(host);
        assertThat(hosts.ofNewLine("b")).isNotSameAs(host);

        hosts.leave(host);
        assertThat(hosts.ofNewLine("a")).isSameAs(host);
        hosts.leave(host);
        hosts.leave(host);

        assertThat(hosts.ofNewLine("a")).isNotSameAs(host);
    }

    @Test
    void holdsNoHostWithoutLines() {
        HostLimits hosts = new HostLimits(1, 4);
        assertThat(hosts.isEmpty()).isTrue();
        Host host = hosts.ofNewLine("a");
        assertThat(hosts.isEmpty()).isFalse();

        hosts.leave(host);

        assertThat(hosts.isEmpty()).isTrue();
    }

    @Test
    void givesAHostAPlaceMoreWithEachAnswerUpToItsMost() {
        HostLimits hosts = new HostLimits(1, 3);
        Host host = hosts.ofNewLine("a");

        List<Integer> places = new ArrayList<>(List.of(host.places));
        List<Boolean> gained = new ArrayList<>();
        for (int answer = 0; answer < 3; answer++) {
            gained.add(hosts.learn(host, Contact.ANSWERED));
            places.add(host.places);
        }

        assertThat(places).containsExactly(1, 2, 3, 3);
        assertThat(gained).containsExactly(true, true, false);
    }

    @Test
    void takesHalfOfItsPlacesFromAHostWithEachTimeoutButForOne() {
        HostLimits hosts = new HostLimits(9, 9);
        Host host = hosts.ofNewLine("a");

        List<Integer> places = new ArrayList<>();
        for (int timeout = 0; timeout < 4; timeout++) {
            assertThat(hosts.learn(host, Contact.TIMED_OUT)).isFalse();
            places.add(host.places);
        }

        assertThat(places).containsExactly(4, 2, 1, 1);
    }

    @Test
    void learnsNothingFromADownloadThatDidNotReachTheHost() {
        HostLimits hosts = new HostLimits(2, 4);
        Host host = hosts.ofNewLine("a");

        assertThat(hosts.learn(host, Contact.NONE)).isFalse();

        assertThat(host.places).isEqualTo(2);
    }

    @Test
    void remembersThePlacesOfAHostWhileItHasNoLine() {
        HostLimits hosts = new HostLimits(2, 4);
        use(hosts, "better", Contact.ANSWERED);
        use(hosts, "worse", Contact.TIMED_OUT);
        use(hosts, "unknown", Contact.NONE);

        assertThat(hosts.ofNewLine("better").places).isEqualTo(3);
        assertThat(hosts.ofNewLine("worse").places).isEqualTo(1);
        assertThat(hosts.ofNewLine("unknown").places).isEqualTo(2);
    }

    @Test
    void forgetsThePlacesOfTheHostsThatWereUsedLongestAgo() {
        HostLimits hosts = new HostLimits(1, 4);
        int tooMany = 4097;
        for (int i = 0; i < tooMany; i++) {
            use(hosts, "host" + i, Contact.ANSWERED);
        }

        assertThat(hosts.ofNewLine("host0").places).isEqualTo(1);
        assertThat(hosts.ofNewLine("host1").places).isEqualTo(2);
    }

    @Test
    void keepsThePlacesOfAHostThatIsUsedAgain() {
        HostLimits hosts = new HostLimits(1, 4);
        int asMany = 4096;
        for (int i = 0; i < asMany; i++) {
            use(hosts, "host" + i, Contact.ANSWERED);
        }
        use(hosts, "host0", Contact.NONE);

        use(hosts, "another", Contact.ANSWERED);

        assertThat(hosts.ofNewLine("host0").places).isEqualTo(2);
        assertThat(hosts.ofNewLine("host1").places).isEqualTo(1);
    }

    private static void use(HostLimits hosts, String name, Contact contact) {
        Host host = hosts.ofNewLine(name);
        hosts.learn(host, contact);
        hosts.leave(host);
    }
}
