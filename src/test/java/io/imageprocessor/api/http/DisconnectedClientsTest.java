package io.imageprocessor.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.imageprocessor.LogLines;
import io.imageprocessor.SameOnAnyStorage;
import io.imageprocessor.ServiceTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

@ServiceTest
@SameOnAnyStorage
class DisconnectedClientsTest {

    @LocalServerPort
    int port;

    @Autowired
    ServletWebServerApplicationContext context;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/stores?limit=1000",
                "/v3/api-docs",
                "/actuator/prometheus",
                "/swagger-ui/swagger-ui-bundle.js"
            })
    void logsNothingAboveDebugForClientsThatDisconnect(String path) throws Exception {
        try (LogLines log = new LogLines(Level.INFO)) {
            for (int i = 0; i < 30; i++) {
                RawRequest request = new RawRequest(port, "GET " + path + " HTTP/1.1");
                if (i % 2 == 0) {
                    request.read(1);
                }
                request.reset();
            }
            await().until(() -> new RequestThreads(context).busy() == 0);

            assertThat(log.all())
                    .filteredOn(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .isEmpty();
        }
    }
}
