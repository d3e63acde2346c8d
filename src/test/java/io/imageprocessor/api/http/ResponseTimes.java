package io.imageprocessor.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares the time of the liveness probe with that of a trivial server in the same moments, because a busy machine
 * delays both.
 */
final class ResponseTimes implements AutoCloseable {

    /** So many that the 99th percentile is not the slowest one. */
    private static final int PROBES = 200;

    /** At most so many probes, 1 %, may take longer than {@link #PROMPT}. */
    private static final int LATE = PROBES / 100;

    private static final Duration PROMPT = Duration.ofMillis(100);
    private static final Duration MAX = Duration.ofSeconds(2);
    private static final int TIMES_CONTROL = 10;

    /** What happens before each probe. */
    interface Disturbance {

        void run() throws IOException;
    }

    private final int port;
    private final HttpServer control;

    /** @param port of the service */
    ResponseTimes(int port) throws IOException {
        this.port = port;
        control = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        control.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        control.start();
    }

    void assertPrompt(Disturbance disturbance) throws IOException {
        List<Duration> probes = new ArrayList<>();
        List<Duration> controls = new ArrayList<>();
        probe(port);
        probe(control.getAddress().getPort());
        for (int i = 0; i < PROBES; i++) {
            disturbance.run();
            controls.add(probe(control.getAddress().getPort()));
            probes.add(probe(port));
        }
        List<Duration> sorted = probes.stream().sorted().toList();
        List<Duration> control = controls.stream().sorted().toList();
        assertThat(sorted.get(PROBES - 1 - LATE))
                .as("99th percentile of the service %s, of the control %s", sorted, control)
                .isLessThan(PROMPT.plus(control.get(PROBES - 1 - LATE).multipliedBy(TIMES_CONTROL)));
        assertThat(sorted.getLast())
                .as("maximum of the service %s, of the control %s", sorted, control)
                .isLessThan(MAX.plus(control.getLast().multipliedBy(TIMES_CONTROL)));
    }

    private static Duration probe(int port) throws IOException {
        long start = System.nanoTime();
        try (RawRequest probe = new RawRequest(port, "GET /actuator/health/liveness HTTP/1.1", "Connection: close")) {
            assertThat(probe.readToEnd()).startsWith("HTTP/1.1 200");
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @Override
    public void close() {
        control.stop(0);
    }
}
