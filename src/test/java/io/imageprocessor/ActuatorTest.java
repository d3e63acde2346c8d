package io.imageprocessor;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Checks that the actuator endpoints, which need no login, expose little. */
@ServiceTest
@SameOnAnyStorage
class ActuatorTest {

    @LocalServerPort
    int port;

    ApiClient client;

    @BeforeEach
    void connect() {
        client = new ApiClient(port);
    }

    @Test
    void exposesOnlyTheseEndpoints() {
        assertThat(json("/actuator").path("_links").propertyNames())
                .containsExactlyInAnyOrder("self", "health", "health-path", "info", "prometheus", "sbom", "sbom-id");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "beans",
                "conditions",
                "configprops",
                "env",
                "flyway",
                "heapdump",
                "loggers",
                "mappings",
                "metrics",
                "scheduledtasks",
                "shutdown",
                "threaddump"
            })
    void hidesOtherEndpoints(String endpoint) {
        assertThat(client.get("/actuator/" + endpoint).statusCode()).isEqualTo(404);
        assertThat(client.method("POST", "/actuator/" + endpoint).statusCode()).isEqualTo(404);
    }

    @Test
    void healthHasNoDetails() {
        assertThat(client.get("/actuator/health").body())
                .isEqualTo("{\"groups\":[\"liveness\",\"readiness\"],\"status\":\"UP\"}");
    }

    @Test
    void infoHasTheBuild() {
        JsonNode build = json("/actuator/info").path("build");

        assertThat(build.propertyNames()).containsExactlyInAnyOrder("artifact", "group", "name", "time", "version");
        assertThat(build.path("artifact").stringValue()).isEqualTo("image-processor");
    }

    @Test
    @EnabledIf("io.imageprocessor.JarTest#isBuiltFromARepository")
    void infoHasTheCommit() {
        JsonNode info = json("/actuator/info");

        assertThat(info.at("/git/commit/id/full").stringValue()).matches("[0-9a-f]{40}");
        assertThat(info.at("/git/commit/time")).isEqualTo(info.at("/build/time"));
        assertThat(info.at("/git/dirty").stringValue()).isIn("true", "false");
    }

    @Test
    void exposesItsSoftwareBillOfMaterials() throws Exception {
        assertThat(json("/actuator/sbom").path("ids").valueStream().map(JsonNode::stringValue))
                .containsExactly("application");

        HttpResponse<String> list = client.get("/actuator/sbom/application");
        assertThat(list.headers().firstValue("Content-Type")).contains("application/vnd.cyclonedx+json");
        assertThat(list.body())
                .isEqualTo(Files.readString(Path.of("target/classes/META-INF/sbom/application.cdx.json")))
                .contains("\"pkg:maven/org.apache.httpcomponents.client5/httpclient5@");
    }

    private JsonNode json(String path) {
        return JsonMapper.shared().readTree(client.get(path).body());
    }
}
