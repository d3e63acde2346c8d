package io.imageprocessor.api.description;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.ApiClient;
import io.imageprocessor.SameOnAnyStorage;
import io.imageprocessor.ServiceTest;
import java.net.http.HttpResponse;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

@ServiceTest
@SameOnAnyStorage
class SwaggerUiTest {

    private static final Pattern LOADED = Pattern.compile("(?:src|href)=\"([^\"]+)\"");

    @LocalServerPort
    int port;

    @Test
    void servesSwaggerUiWithItsResources() {
        ApiClient client = new ApiClient(port);
        HttpResponse<String> entry = client.get("/swagger-ui.html");
        assertThat(entry.statusCode()).isEqualTo(302);
        String page = entry.headers().firstValue("Location").orElseThrow();

        assertThat(LOADED.matcher(client.get(page).body()).results().map(match -> match.group(1)))
                .hasSizeGreaterThan(4)
                .allSatisfy(file -> assertThat(client.get("/swagger-ui/" + file.replaceFirst("^\\./", ""))
                                .statusCode())
                        .isEqualTo(200));
        assertThat(client.get("/v3/api-docs/swagger-config").body()).contains("\"url\":\"/v3/api-docs\"");
    }
}
