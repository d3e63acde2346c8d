package io.imageprocessor.api.submit;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.findAll;
import static com.github.tomakehurst.wiremock.client.WireMock.stubFor;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import com.jayway.jsonpath.JsonPath;
import io.imageprocessor.ApiClient;
import io.imageprocessor.Photos;
import io.imageprocessor.ServiceTest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.wiremock.spring.EnableWireMock;

/** Characters that JSON can escape, and UTF-8 or a database cannot hold; times in all their spellings. */
@ServiceTest("imageprocessor.download.private-networks=allow")
@EnableWireMock
class UnusualTextsTest {

    @Value("${wiremock.server.baseUrl}")
    String origin;

    @LocalServerPort
    int port;

    ApiClient client;

    @BeforeEach
    void connect() {
        client = new ApiClient(port);
        stubFor(any(anyUrl()).willReturn(aResponse().withBody(Photos.photo("jpeg", 60, 40))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/\\ud800.jpg",
                "/a\\udc00",
                "/a?b=\\ud83dc",
                "/\\ude00\\ud83d",
                "/\\ud800\\u0041.jpg",
                "/a\\u0000b",
                "/a\\u0000",
                "/a#\\ud800",
                "/a#\\u0000",
                ".\\ud800.test/a"
            })
    void failsAnImageWhoseUrlIsNoText(String end) {
        String id = client.submitted("""
                {"count": 1, "visits": [{"store_id": "S00339218", "visit_time": "2023-03-15",
                  "image_url": ["%1$s%2$s", "%1$s/\\ud83d\\ude00.jpg"]}]}""".formatted(origin, end));

        assertThat(client.finished(id))
                .contains("\"store_id\":\"S00339218\"", "(1 of 2 images failed)")
                .doesNotContain("\\u");
        String images = client.get("/api/jobs/" + id + "/images").body();
        assertThat(JsonPath.<String>read(images, "$.items[0].error.code")).isEqualTo("invalid_url");
        assertThat(JsonPath.<String>read(images, "$.items[0].url")).isEqualTo(origin + end.replace("\\u0041", "A"));
        assertThat(JsonPath.<Integer>read(images, "$.items[1].perimeter")).isEqualTo(200);
        assertThat(client.get("/api/jobs/" + id + "/images", "Accept", "text/csv")
                        .body())
                .contains(origin + end.replace("\\u0041", "A"));
        assertThat(findAll(anyRequestedFor(anyUrl())))
                .extracting(LoggedRequest::getUrl)
                .containsExactly("/%F0%9F%98%80.jpg");
    }

    @Test
    void failsAnImageThatIsTriedAgain() {
        String id = client.submitted("""
                {"count": 1, "visits": [{"store_id": "S00339218", "visit_time": "2023-03-15",
                  "image_url": ["%s/\\ud800\\u0000"]}]}""".formatted(origin));
        client.finished(id);

        String retry = client.post("/api/jobs/" + id + "/retry", "").body();

        Map<String, Object> job = JsonPath.read(retry, "$");
        String retried = String.valueOf(job.get("job_id"));
        client.finished(retried);
        assertThat(JsonPath.<List<String>>read(
                        client.get("/api/jobs/" + retried + "/images?code=invalid_url")
                                .body(),
                        "$.items[*].url"))
                .containsExactly(origin + "/\\ud800\\u0000");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            2023-03-15t14:30:00z                | 2023-03-15T14:30:00Z
            2023-03-15 14:30:00,5+00:00         | 2023-03-15T14:30:00.500Z
            2023-03-15T14:30:00.12345678987Z    | 2023-03-15T14:30:00.123456789Z
            2016-12-31T23:59:60Z                | 2016-12-31T23:59:59Z
            2023-03-15T14:30:00+23:59           | 2023-03-14T14:31:00Z
            9999-12-31T18:59:59.9999999999-0500 | 9999-12-31T23:59:59.999999999Z
            0000-01-01T05:00:00+05:00           | 0000-01-01T00:00:00Z
            """)
    void keepsTheTimeToTheNanosecond(String sent, String kept) {
        String id = client.submitted("""
                {"count": 1, "visits": [{"store_id": "S1", "image_url": ["no url"], "visit_time": "%s"}]}
                """.formatted(sent));

        assertThat(JsonPath.<String>read(
                        client.get("/api/jobs/" + id + "/images").body(), "$.items[0].visit_time"))
                .isEqualTo(kept);
    }

    /** With a database, U+0000 becomes U+FFFD. */
    @Test
    void answersEveryCallForTextsWithUnusualCharacters() {
        String text = "a\\u0000\\ufffe\\uffff\\ud83d\\ude00\\u2028";
        String id = client.submitted("""
                {"label": "%1$s", "count": 1, "visits": [{"store_id": "S%1$s", "visit_time": "2023-03-15",
                  "image_url": ["%1$s"]}]}""".formatted(text));

        assertThat(client.finished(id)).contains("\"error\":\"store not found\"");
        for (String path : List.of("", "/images", "/failed-stores")) {
            assertThat(client.get("/api/jobs/" + id + path).statusCode()).isEqualTo(200);
        }
        assertThat(client.get("/api/jobs/" + id + "/images", "Accept", "text/csv")
                        .statusCode())
                .isEqualTo(200);
        assertThat(client.get("/api/jobs?store_id=Sa%00%EF%BF%BE%EF%BF%BF%F0%9F%98%80%E2%80%A8")
                        .body())
                .contains("\"job_id\":" + id);
        assertThat(client.get("/api/jobs?store_id=%ED%A0%80").statusCode()).isEqualTo(400);
        assertThat(client.get("/api/jobs?store_id=%C0%80").statusCode()).isEqualTo(400);
    }
}
