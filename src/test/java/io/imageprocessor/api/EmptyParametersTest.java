package io.imageprocessor.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.ApiClient;
import io.imageprocessor.SameOnAnyStorage;
import io.imageprocessor.ServiceTest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.web.server.LocalServerPort;

/** An empty query parameter counts as absent, whatever its type. */
@ServiceTest
@SameOnAnyStorage
class EmptyParametersTest {

    private static final String JOB = """
            {"count": 1, "visits": [{"store_id": "S1", "image_url": ["no url"], "visit_time": "2023-03-15"}]}""";

    @LocalServerPort
    int port;

    ApiClient client;
    String job;

    @BeforeEach
    void submit() {
        client = new ApiClient(port);
        job = client.submitted(JOB);
        client.finished(job);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/api/jobs?limit=1 | status=",
                "/api/jobs?limit=1 | status",
                "/api/jobs?limit=1 | store_id=",
                "/api/jobs?limit=1 | submitted_after=&submitted_before=",
                "/api/jobs?status=failed&limit=1 | cursor=",
                "/api/jobs/JOB | wait=",
                "/api/jobs/JOB/failed-stores | limit=&cursor=",
                "/api/jobs/JOB/images | status=&store_id=&code=&limit=&cursor=",
                "/api/stores?limit=2 | area=&q=&cursor=",
                "/api/visits?storeid=S00339218 | area=&startdate=&enddate=",
                "/api/visits?area=78505 | storeid=",
                "/api/visits | area=&storeid="
            })
    void returnsTheSameAsWithoutTheParameter(String path, String empty) {
        String absent = path.replace("JOB", job);

        HttpResponse<String> response = client.get(absent + (path.contains("?") ? "&" : "?") + empty);

        HttpResponse<String> expected = client.get(absent);
        assertThat(response.statusCode()).isEqualTo(expected.statusCode());
        assertThat(response.body()).isEqualTo(expected.body());
    }

    @ParameterizedTest
    @CsvSource({"text/csv", "application/x-ndjson"})
    void returnsTheSameFileAsWithoutTheParameter(String type) {
        String path = "/api/jobs/" + job + "/images";

        assertThat(client.get(path + "?status=&store_id=&code=", "Accept", type).body())
                .isEqualTo(client.get(path, "Accept", type).body())
                .isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/api/jobs?status=&status=failed | parameter status is repeated",
                "/api/jobs?stauts= | unknown parameter stauts; known parameters: "
                        + "cursor, limit, status, store_id, submitted_after, submitted_before",
                "/api/jobs?status=%20 | status must be one of ongoing, completed, failed, cancelled"
            })
    void stillRejectsRepeatedUnknownAndBlankParameters(String path, String error) {
        HttpResponse<String> response = client.get(path);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).isEqualTo("{\"error\":\"" + error + "\"}");
    }
}
