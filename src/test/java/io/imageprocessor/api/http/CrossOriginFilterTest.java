package io.imageprocessor.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.SameOnAnyStorage;
import io.imageprocessor.ServiceTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;

/** {@link RawRequest} sends {@code Host: a}. */
@ServiceTest("imageprocessor.api.allowed-origins=https://tools.example,http://other.example:8080")
@SameOnAnyStorage
class CrossOriginFilterTest {

    private static final String REJECTION = "{\"error\":\"calls from a page of another origin are not allowed\"}";

    @LocalServerPort
    int port;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: same-site",
                "Sec-Fetch-Site: nonsense",
                "Sec-Fetch-Site: cross-site\r\nOrigin: http://a",
                "Origin: null",
                "Origin: http://b",
                "Origin: http://a:81",
                "Origin: https://a:80",
                "Origin: http://a.evil.example",
                "Origin: http://a@evil.example",
                "Origin: ftp://a",
                "Origin: http://",
                "Origin: http://evil.example\r\nX-Forwarded-Host: console.example",
                "Origin: http://tools.example",
                "Origin: https://tools.example.evil.example"
            })
    void rejectsChangesByPagesOfOtherOrigins(String headers) throws Exception {
        for (String call : new String[] {"POST /api/submit", "POST /api/jobs/1/cancel", "DELETE /api/jobs/1"}) {
            assertThat(response(call, headers))
                    .startsWith("HTTP/1.1 403")
                    .contains("X-Content-Type-Options: nosniff")
                    .endsWith(REJECTION);
        }
        assertThat(response("GET /api/jobs", headers)).startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sec-Fetch-Site: same-origin",
                "Sec-Fetch-Site: none",
                "Sec-Fetch-Site: same-origin\r\nOrigin: http://behind-a-proxy.example",
                "Origin: http://a",
                "Origin: https://A",
                "Origin: http://a:80",
                "Origin: http://console.example\r\nX-Forwarded-Host: console.example",
                "Origin: https://console.example\r\nX-Forwarded-Host: first.example, console.example:443",
                "Origin: https://tools.example\r\nSec-Fetch-Site: cross-site",
                "Origin: http://other.example:8080",
                "Origin: http://image_processor:8080\r\nX-Forwarded-Host: image_processor:8080",
                "Origin: http://[::1]:8080\r\nX-Forwarded-Host: [::1]:8080",
                "X-Nothing: 1"
            })
    void acceptsChangesByOwnPagesAllowedOriginsAndOtherClients(String headers) throws Exception {
        assertThat(response("POST /api/jobs/1/cancel", headers)).startsWith("HTTP/1.1 404");
    }

    @Test
    void letsPagesOfAllowedOriginsReadResponsesWithoutCredentials() throws Exception {
        assertThat(response("GET /api/jobs", "Origin: https://tools.example"))
                .contains("Access-Control-Allow-Origin: https://tools.example")
                .doesNotContain("Access-Control-Allow-Credentials");
        assertThat(response("GET /api/jobs", "Origin: http://b")).doesNotContain("Access-Control-Allow");
        assertThat(response(
                        "OPTIONS /api/submit",
                        "Origin: https://tools.example\r\nAccess-Control-Request-Method: POST\r\n"
                                + "Access-Control-Request-Headers: content-type, idempotency-key"))
                .startsWith("HTTP/1.1 200")
                .contains("Access-Control-Allow-Methods: ", "Access-Control-Allow-Headers: ")
                .doesNotContain("Access-Control-Allow-Credentials");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/jobs", "/api/nothing", "/actuator/health", "/swagger-ui/index.html", "/api/%zz"})
    void setsHeadersOfEveryResponse(String path) throws Exception {
        assertThat(response("GET " + path, "X-Nothing: 1"))
                .contains("X-Content-Type-Options: nosniff", "Cache-Control: ", "frame-ancestors 'none'");
    }

    private String response(String call, String headers) throws Exception {
        try (RawRequest request = new RawRequest(port, call + " HTTP/1.1", headers, "Connection: close")) {
            return request.readToEnd();
        }
    }
}
