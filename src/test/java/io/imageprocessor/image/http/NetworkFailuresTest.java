package io.imageprocessor.image.http;

import static io.imageprocessor.image.Probes.failureOf;
import static io.imageprocessor.image.Probes.probe;
import static io.imageprocessor.image.Probes.settings;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import io.imageprocessor.LogLines;
import io.imageprocessor.image.ImageFailure.DnsFailure;
import io.imageprocessor.image.ImageProbe;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.Consumer;
import org.apache.hc.core5.http.ProtocolException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Exceptions in the log that the message of a failure omits. */
class NetworkFailuresTest {

    private final LogLines logged = new LogLines(Level.DEBUG, "io.imageprocessor.image");
    private final NetworkFailures failures = new NetworkFailures(settings());

    @AfterEach
    void closeLog() {
        logged.close();
    }

    @Test
    void logsNetworkExceptionsAtDebugLevel() {
        List<Exception> exceptions = List.of(
                new ConnectException("10.0.0.1 unmeasurable"),
                new ProtocolException("garbage"),
                new IOException("reset"));

        failures.whileConnecting(exceptions.get(0));
        failures.whileAwaitingResponse(exceptions.get(1));
        failures.whileReadingBody(exceptions.get(2));

        assertThat(logged.all()).extracting(ILoggingEvent::getLevel).containsOnly(Level.DEBUG);
        assertThat(logged.all()).extracting(NetworkFailuresTest::exception).isEqualTo(exceptions);
        assertThat(logged.all()).noneMatch(event -> event.getFormattedMessage().contains("10.0.0.1"));
    }

    @Test
    void logsUncheckedExceptionsAsWarnings() {
        List<Consumer<Exception>> moments = List.of(
                e -> new NetworkFailures(settings()).whileConnecting(e),
                e -> new NetworkFailures(settings()).whileAwaitingResponse(e),
                e -> new NetworkFailures(settings()).whileReadingBody(e));
        List<Exception> faults =
                List.of(new IllegalStateException("1"), new IllegalStateException("2"), new IllegalStateException("3"));

        for (int i = 0; i < 3; i++) {
            moments.get(i).accept(faults.get(i));
        }

        assertThat(logged.all()).extracting(ILoggingEvent::getLevel).containsOnly(Level.WARN);
        assertThat(logged.all()).extracting(NetworkFailuresTest::exception).isEqualTo(faults);
    }

    @Test
    void logsARepeatedFaultOnceAsAWarning() {
        for (int image = 0; image < 100; image++) {
            failures.whileConnecting(new IllegalStateException("expected by this test"));
        }

        assertThat(logged.all()).hasSize(100);
        assertThat(logged.all())
                .filteredOn(event -> event.getLevel() != Level.DEBUG)
                .singleElement()
                .returns(Level.WARN, ILoggingEvent::getLevel);
    }

    @Test
    void logsRepeatedUnexpectedDnsErrorsOnce() {
        IllegalStateException fault = new IllegalStateException("broken");
        try (ImageProbe probe = probe(settings(), host -> {
            throw fault;
        })) {
            assertThat(failureOf(probe, "http://a.example/?secret")).isEqualTo(new DnsFailure());
            assertThat(failureOf(probe, "http://b.example/")).isEqualTo(new DnsFailure());
        }

        assertThat(logged.all())
                .filteredOn(event -> event.getLevel() == Level.WARN)
                .singleElement()
                .returns(fault, NetworkFailuresTest::exception);
        assertThat(logged.all()).noneMatch(event -> event.getFormattedMessage().contains("secret"));
    }

    @Test
    void logsTheCauseOfAnUnknownHost() {
        UnknownHostException unknown = new UnknownHostException("no such name");
        try (ImageProbe probe = probe(settings(), host -> {
            throw unknown;
        })) {
            failureOf(probe, "http://a.example/");
        }

        assertThat(logged.all()).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.DEBUG);
            assertThat(exception(event)).hasCause(unknown);
        });
    }

    private static Throwable exception(ILoggingEvent event) {
        return ((ThrowableProxy) event.getThrowableProxy()).getThrowable();
    }
}
