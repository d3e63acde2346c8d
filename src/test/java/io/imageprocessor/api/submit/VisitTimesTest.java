package io.imageprocessor.api.submit;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import io.imageprocessor.ApiClient;
import io.imageprocessor.ServiceTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Times of visits as clients write them, from the submission to the images of the job. */
@ServiceTest
class VisitTimesTest {

    @LocalServerPort
    int port;

    ApiClient client;

    @BeforeEach
    void connect() {
        client = new ApiClient(port);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            2023-03-15t14:30:00z                | 2023-03-15T14:30:00Z
            2023-03-15T14:30:00,5Z              | 2023-03-15T14:30:00.500Z
            2023-03-15T14:30:00.12345678987Z    | 2023-03-15T14:30:00.123456789Z
            2023-03-15t14:30z                   | 2023-03-15T14:30:00Z
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
}
