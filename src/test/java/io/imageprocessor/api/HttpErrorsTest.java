package io.imageprocessor.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.ApiClient;
import io.imageprocessor.SameOnAnyStorage;
import io.imageprocessor.ServiceTest;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@ServiceTest
@SameOnAnyStorage
class HttpErrorsTest {

    private static final String JOB = """
            {"count": 1, "visits": [{"store_id": "S00339218", "image_url": ["no url"], "visit_time": "2023-03-15"}]}""";

    @LocalServerPort
    int port;

    ApiClient client;

    @BeforeEach
    void connect() {
        client = new ApiClient(port);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "?jobid",
                "?jobid=",
                "?jobid=%20",
                "?jobid=&jobid=1",
                "?jobid=abc",
                "?jobid=0",
                "?jobid=-1",
                "?jobid=123456",
                "?jobid=1&jobid=2",
                "?jobid=9007199254740993",
                "?other=1",
                "?jobid=%00"
            })
    void returnsAnEmptyObjectForUnknownMalformedOrMissingJobIds(String query) {
        HttpResponse<String> response = client.get("/api/status" + query);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).isEqualTo("{}");
    }

    @Test
    void returnsAnEmptyObjectForARepeatedJobId() {
        String id = client.submitted(JOB);

        HttpResponse<String> response = client.get("/api/status?jobid=" + id + "&jobid=" + id);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).isEqualTo("{}");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/submit, 405, Method 'GET' is not supported.",
        "PUT, /api/submit, 405, Method 'PUT' is not supported.",
        "POST, /api/status, 405, Method 'POST' is not supported.",
        "DELETE, /api/status, 405, Method 'DELETE' is not supported.",
        "GET, /api/nothing, 404, no such path",
        "POST, /api/submit/more, 404, no such path",
        "GET, /, 404, no such path",
        "GET, /error, 404, not found"
    })
    void returnsOneSentenceForOtherErrors(String method, String path, int status, String error) {
        HttpResponse<String> response = client.method(method, path);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).isEqualTo("{\"error\":\"" + error + "\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/x-www-form-urlencoded",
                "application/xml",
                "nonsense",
                "multipart/form-data"
            })
    void rejectsOtherContentTypes(String contentType) {
        HttpResponse<String> response = client.post("/api/submit", JOB, "Content-Type", contentType);

        assertThat(response.statusCode()).isEqualTo(415);
        assertThat(response.body()).startsWith("{\"error\":\"").doesNotContain("Exception");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/json; charset=utf-8", "application/vnd.visits+json"})
    void acceptsJsonContentTypes(String contentType) {
        assertThat(client.post("/api/submit", JOB, "Content-Type", contentType).statusCode())
                .isEqualTo(201);
    }

    @Test
    void acceptsABodyWithoutContentType() {
        assertThat(client.post("/api/submit", JOB).statusCode()).isEqualTo(201);
    }

    @Test
    void acceptsATrailingSlash() {
        assertThat(client.post("/api/submit/", JOB).statusCode()).isEqualTo(201);
    }

    @Test
    void submitIgnoresAccept() {
        HttpResponse<String> response =
                client.post("/api/submit", JOB, "Content-Type", "application/json", "Accept", "text/html");

        assertThat(response.statusCode()).isEqualTo(201);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/yaml", "application/xml"})
    void writesNoYamlOrXml(String accept) {
        assertThat(client.get("/test/map", "Accept", accept).statusCode()).isEqualTo(406);
        assertThat(client.get("/test/map", "Accept", accept + ", */*").body()).isEqualTo("{\"light\":\"neon\"}");
    }

    @Test
    void returnsAnEmptyObjectForAnUndecodableJobId() throws Exception {
        assertThat(raw("GET /api/status?jobid=%zz HTTP/1.1"))
                .startsWith("HTTP/1.1 400")
                .contains("\r\n{}\r\n");
    }

    @Test
    void handlesRequestsOnPlatformThreads() {
        assertThat(client.get("/test/thread").body()).isEqualTo("platform");
    }

    @TestConfiguration
    static class MoreCalls {
        @RestController
        static class MoreController {
            @GetMapping("/test/thread")
            String thread() {
                return Thread.currentThread().isVirtual() ? "virtual" : "platform";
            }

            @GetMapping("/test/map")
            Map<String, String> map() {
                return Map.of("light", "neon");
            }
        }
    }

    private String raw(String requestLine) throws IOException {
        try (Socket socket = new Socket("localhost", port)) {
            OutputStream out = socket.getOutputStream();
            out.write((requestLine + "\r\nHost: a\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/visits?storeid=x", "/api/visits", "/api/jobs?nonsense=1", "/api/stores?limit=0"})
    void answersOptionsWhateverTheQuery(String path) throws Exception {
        assertThat(raw("OPTIONS " + path + " HTTP/1.1"))
                .startsWith("HTTP/1.1 200")
                .containsPattern("Allow: ?GET,HEAD,OPTIONS\r\n");
    }

    @Test
    void returnsJsonForErrorsOfTheWebServer() throws Exception {
        assertThat(raw("GET /api/[ HTTP/1.1")).startsWith("HTTP/1.1 400").endsWith("{\"error\":\"bad request\"}");
    }
}
