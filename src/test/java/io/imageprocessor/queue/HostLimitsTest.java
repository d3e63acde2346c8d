package io.imageprocessor.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.image.ImageFailure.Contact;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostLimitsTest {

    @Test
    void keepsAHostUntilItsLastQueueIsRemoved() {
        HostLimits hosts = new HostLimits(1, 4);
        Host host = hosts.addQueue("a");
        assertThat(hosts.addQueue("a")).isSameAs(host);
        assertThat(hosts.addQueue("b")).isNotSameAs(host);

        hosts.removeQueue(host);
        assertThat(hosts.addQueue("a")).isSameAs(host);
        hosts.removeQueue(host);
        hosts.removeQueue(host);

        assertThat(hosts.addQueue("a")).isNotSameAs(host);
    }

    @Test
    void holdsNoHostWithoutQueues() {
        HostLimits hosts = new HostLimits(1, 4);
        assertThat(hosts.isEmpty()).isTrue();
        Host host = hosts.addQueue("a");
        assertThat(hosts.isEmpty()).isFalse();

        hosts.removeQueue(host);

        assertThat(hosts.isEmpty()).isTrue();
    }

    @Test
    void raisesTheLimitByOneWithEachAnswerUpToTheMaximum() {
        HostLimits hosts = new HostLimits(1, 3);
        Host host = hosts.addQueue("a");

        List<Integer> limits = new ArrayList<>(List.of(host.concurrencyLimit));
        List<Boolean> raised = new ArrayList<>();
        for (int answer = 0; answer < 3; answer++) {
            raised.add(hosts.update(host, Contact.ANSWERED));
            limits.add(host.concurrencyLimit);
        }

        assertThat(limits).containsExactly(1, 2, 3, 3);
        assertThat(raised).containsExactly(true, true, false);
    }

    @Test
    void halvesTheLimitWithEachTimeoutDownToOne() {
        HostLimits hosts = new HostLimits(9, 9);
        Host host = hosts.addQueue("a");

        List<Integer> limits = new ArrayList<>();
        for (int timeout = 0; timeout < 4; timeout++) {
            assertThat(hosts.update(host, Contact.TIMED_OUT)).isFalse();
            limits.add(host.concurrencyLimit);
        }

        assertThat(limits).containsExactly(4, 2, 1, 1);
    }

    @Test
    void keepsTheLimitAfterADownloadThatDidNotReachTheHost() {
        HostLimits hosts = new HostLimits(2, 4);
        Host host = hosts.addQueue("a");

        assertThat(hosts.update(host, Contact.NONE)).isFalse();

        assertThat(host.concurrencyLimit).isEqualTo(2);
    }

    @Test
    void remembersTheLimitOfAHostWithoutQueues() {
        HostLimits hosts = new HostLimits(2, 4);
        use(hosts, "better", Contact.ANSWERED);
        use(hosts, "worse", Contact.TIMED_OUT);
        use(hosts, "unknown", Contact.NONE);

        assertThat(hosts.addQueue("better").concurrencyLimit).isEqualTo(3);
        assertThat(hosts.addQueue("worse").concurrencyLimit).isEqualTo(1);
        assertThat(hosts.addQueue("unknown").concurrencyLimit).isEqualTo(2);
    }

    @Test
    void forgetsTheLimitsOfTheHostsThatWereUsedLongestAgo() {
        HostLimits hosts = new HostLimits(1, 4);
        int tooMany = 4097;
        for (int i = 0; i < tooMany; i++) {
            use(hosts, "host" + i, Contact.ANSWERED);
        }

        assertThat(hosts.addQueue("host0").concurrencyLimit).isEqualTo(1);
        assertThat(hosts.addQueue("host1").concurrencyLimit).isEqualTo(2);
    }

    @Test
    void keepsTheLimitOfAHostThatIsUsedAgain() {
        HostLimits hosts = new HostLimits(1, 4);
        int asMany = 4096;
        for (int i = 0; i < asMany; i++) {
            use(hosts, "host" + i, Contact.ANSWERED);
        }
        use(hosts, "host0", Contact.NONE);

        use(hosts, "another", Contact.ANSWERED);

        assertThat(hosts.addQueue("host0").concurrencyLimit).isEqualTo(2);
        assertThat(hosts.addQueue("host1").concurrencyLimit).isEqualTo(1);
    }

    private static void use(HostLimits hosts, String name, Contact contact) {
        Host host = hosts.addQueue(name);
        hosts.update(host, contact);
        hosts.removeQueue(host);
    }
}
