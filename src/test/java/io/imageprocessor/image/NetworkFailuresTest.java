package io.imageprocessor.image;

import static io.imageprocessor.image.Probes.failureOf;
import static io.imageprocessor.image.Probes.settings;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.read.ListAppender;
import io.imageprocessor.image.ImageFailure.DnsFailure;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.Consumer;
import org.apache.hc.core5.http.ProtocolException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What the log has of an exception that a failure leaves out. */
class NetworkFailuresTest {

    private final Logger log = (Logger) LoggerFactory.getLogger("io.imageprocessor.image");
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final NetworkFailures failures = new NetworkFailures(settings());

    @BeforeEach
    void listen() {
        log.setLevel(Level.DEBUG);
        log.setAdditive(false);
        logged.start();
        log.addAppender(logged);
    }

    @AfterEach
    void stopListening() {
        log.detachAppender(logged);
        log.setAdditive(true);
        log.setLevel(null);
    }

    @Test
    void tellsTheLogWhatTheNetworkDid() {
        List<Exception> exceptions = List.of(
                new ConnectException("10.0.0.1 refused"), new ProtocolException("garbage"), new IOException("reset"));

        failures.whileConnecting(exceptions.get(0));
        failures.whileAwaitingAnswer(exceptions.get(1));
        failures.whileReadingBody(exceptions.get(2));

        assertThat(logged.list).extracting(ILoggingEvent::getLevel).containsOnly(Level.DEBUG);
        assertThat(logged.list).extracting(NetworkFailuresTest::exception).isEqualTo(exceptions);
        assertThat(logged.list).noneMatch(event -> event.getFormattedMessage().contains("10.0.0.1"));
    }

    @Test
    void warnsOfWhatIsNoneOfTheNetworks() {
        List<Consumer<Exception>> moments = List.of(
                e -> new NetworkFailures(settings()).whileConnecting(e),
                e -> new NetworkFailures(settings()).whileAwaitingAnswer(e),
                e -> new NetworkFailures(settings()).whileReadingBody(e));
        List<Exception> faults =
                List.of(new IllegalStateException("1"), new IllegalStateException("2"), new IllegalStateException("3"));

        for (int i = 0; i < 3; i++) {
            moments.get(i).accept(faults.get(i));
        }

        assertThat(logged.list).extracting(ILoggingEvent::getLevel).containsOnly(Level.WARN);
        assertThat(logged.list).extracting(NetworkFailuresTest::exception).isEqualTo(faults);
    }

    @Test
    void warnsOnceOfAFaultThatEachImageRunsInto() {
        for (int image = 0; image < 100; image++) {
            failures.whileConnecting(new IllegalStateException("expected by this test"));
        }

        assertThat(logged.list).hasSize(100);
        assertThat(logged.list)
                .filteredOn(event -> event.getLevel() != Level.DEBUG)
                .singleElement()
                .returns(Level.WARN, ILoggingEvent::getLevel);
    }

    @Test
    void warnsOnceOfLookupsThatFailForNoReasonOfDns() {
        IllegalStateException fault = new IllegalStateException("broken");
        try (ImageProbe probe = new ImageProbe(settings(), host -> {
            throw fault;
        })) {
            assertThat(failureOf(probe, "http://a.example/?secret")).isEqualTo(new DnsFailure());
            assertThat(failureOf(probe, "http://b.example/")).isEqualTo(new DnsFailure());
        }

        assertThat(logged.list)
                .filteredOn(event -> event.getLevel() == Level.WARN)
                .singleElement()
                .returns(fault, NetworkFailuresTest::exception);
        assertThat(logged.list).noneMatch(event -> event.getFormattedMessage().contains("secret"));
    }

    @Test
    void keepsWhyANameIsUnknown() {
        UnknownHostException unknown = new UnknownHostException("no such name");
        try (ImageProbe probe = new ImageProbe(settings(), host -> {
            throw unknown;
        })) {
            failureOf(probe, "http://a.example/");
        }

        assertThat(logged.list).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.DEBUG);
            assertThat(exception(event)).hasCause(unknown);
        });
    }

    private static Throwable exception(ILoggingEvent event) {
        return ((ThrowableProxy) event.getThrowableProxy()).getThrowable();
    }
}
