package io.imageprocessor;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;

/** With a separate management port, clients cannot reach the actuator endpoints. */
@ServiceTest("management.server.port=0")
@SameOnAnyStorage
class ManagementPortTest {

    @LocalServerPort
    int port;

    @LocalManagementPort
    int managementPort;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/actuator",
                "/actuator/health",
                "/actuator/health/liveness",
                "/actuator/health/readiness",
                "/actuator/info",
                "/actuator/sbom"
            })
    void actuatorIsOnlyAtTheManagementPort(String path) {
        assertThat(new ApiClient(managementPort).get(path).statusCode()).isEqualTo(200);
        assertThat(new ApiClient(port).get(path).statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/status", "/api/jobs", "/swagger-ui.html", "/v3/api-docs"})
    void apiIsOnlyAtTheServerPort(String path) throws Exception {
        assertThat(new ApiClient(port).get(path).statusCode()).isNotEqualTo(404);

        // Not ApiClient, which checks each response against the API description.
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + managementPort + path))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertThat(client.send(request, BodyHandlers.discarding()).statusCode())
                    .isEqualTo(404);
        }
    }
}
