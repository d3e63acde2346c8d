package io.imageprocessor.api.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.ApiClient;
import io.imageprocessor.SameOnAnyStorage;
import io.imageprocessor.Scrape;
import io.imageprocessor.ServiceTest;
import io.imageprocessor.api.StubbedQueries;
import io.imageprocessor.job.JobId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;

/** Listeners that do not read or have disconnected, over connections with small buffers. */
@ServiceTest("server.tomcat.connection-timeout=5s")
@SameOnAnyStorage
@Import(StubbedQueries.Configuration.class)
class SlowListenersTest {

    private static final JobId ID = new JobId(7);
    private static final String PATH = "/api/jobs/7/events";
    private static final List<String> HEARTBEAT = List.of(":");

    /** More events than a connection buffers: they take about 100 KB. */
    private static final int CHANGES = 500;

    private static final int BUFFER_BYTES = 4_096;

    @LocalServerPort
    int port;

    @Autowired
    StubbedQueries queries;

    @Autowired
    EventStreams streams;

    @Autowired
    JobPoller poller;

    private final Statuses statuses = new Statuses();

    @BeforeEach
    void addOngoingJob() {
        statuses.stub(queries);
        statuses.set(Statuses.ongoing(ID, 1));
        await().atMost(Duration.ofSeconds(10)).until(() -> streams.count() == 0 && poller.isIdle());
    }

    @Test
    void sendsHeartbeats() {
        try (EventReader events = EventReader.open(port, PATH)) {
            events.next();
            events.next();
            assertThat(events.next()).isEqualTo(HEARTBEAT);
            assertThat(events.next()).isEqualTo(HEARTBEAT);
        }
    }

    @Test
    void removesDisconnectedListeners() {
        EventReader events = EventReader.open(port, PATH);
        events.next();
        assertThat(streams.count()).isEqualTo(1);

        events.close();

        await().atMost(Duration.ofSeconds(10)).until(() -> streams.count() == 0 && poller.isIdle());
    }

    @Test
    void rejectsListenersAboveTheLimit() {
        try (EventReader first = EventReader.open(port, PATH);
                EventReader second = EventReader.open(port, PATH);
                EventReader third = EventReader.open(port, PATH)) {
            assertThat(first.response.statusCode()).isEqualTo(200);
            assertThat(second.response.statusCode()).isEqualTo(200);
            assertThat(third.response.statusCode()).isEqualTo(503);
            assertThat(third.response.headers().firstValue("Retry-After")).contains("10");
            assertThat(third.next())
                    .containsExactly(
                            "{\"error\":\"limit of 2 waiting and listening clients reached; try again later\"}");
            Scrape scrape =
                    Scrape.of(new ApiClient(port).get("/actuator/prometheus").body());
            assertThat(scrape.value("imageprocessor_listeners")).isEqualTo(2);
            assertThat(scrape.value("imageprocessor_requests_held")).isEqualTo(2);
            assertThat(scrape.value("imageprocessor_requests_held_limit")).isEqualTo(2);
            // Waiting requests count too.
            assertThat(new ApiClient(port).get("/api/jobs/7?wait=60s").statusCode())
                    .isEqualTo(503);
        }
    }

    @Test
    void sendsNewestStateToASlowListenerAndAllToAFastOne() throws Exception {
        try (Socket stuck = listenWithoutReading();
                EventReader healthy = EventReader.open(port, PATH)) {
            await().atMost(Duration.ofSeconds(5)).until(() -> streams.count() == 2);
            // The fast listener reads each change before the next, while the other is stuck.
            for (int version = 2; version <= CHANGES; version++) {
                statuses.set(Statuses.ongoing(ID, 2, version));
                poller.tick();
                readOnTo("id: " + version, healthy);
            }
            statuses.set(Statuses.completed(ID, CHANGES + 1));
            readOnTo("id: " + (CHANGES + 1), healthy);
            readOnTo("id: finished", healthy);

            String all = new String(stuck.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            List<String> ids =
                    all.lines().filter(line -> line.startsWith("id: ")).toList();
            assertThat(ids).endsWith("id: " + (CHANGES + 1), "id: finished").hasSizeLessThan(CHANGES);
        }
    }

    @Test
    void closesListenersThatStayStuck() throws Exception {
        try (Socket _ = listenWithoutReading()) {
            await().atMost(Duration.ofSeconds(5)).until(() -> streams.count() == 1);
            AtomicLong version = new AtomicLong(1);
            // Changes continue, because events must fill every buffer first.
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> {
                        statuses.set(Statuses.ongoing(ID, 2, version.incrementAndGet()));
                        poller.tick();
                        return streams.count() == 0 && poller.isIdle();
                    });
            assertThat(version).hasValueGreaterThan(2);
        }
    }

    private Socket listenWithoutReading() throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(BUFFER_BYTES);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.getOutputStream()
                .write(("GET " + PATH + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static void readOnTo(String id, EventReader events) {
        for (List<String> event = events.next(); !event.contains(id); event = events.next()) {
            assertThat(event).isNotEmpty();
        }
    }

    @TestConfiguration
    static class SmallConnections {

        @Bean
        @Primary
        EventLimits twoListenersToldAsOftenAsCanBe() {
            return new EventLimits(2, Duration.ZERO, Integer.MAX_VALUE, Duration.ofMillis(100));
        }

        @Bean
        WebServerFactoryCustomizer<TomcatServletWebServerFactory> smallSendBuffers() {
            return factory -> factory.addConnectorCustomizers(
                    connector -> connector.setProperty("socket.txBufSize", String.valueOf(BUFFER_BYTES)));
        }
    }
}
