package io.imageprocessor.api.visits;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.stubFor;
import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.ApiClient;
import io.imageprocessor.Photos;
import io.imageprocessor.ServiceTest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.wiremock.spring.EnableWireMock;

/** Perimeters by store and day, in the format of the older specification. */
@ServiceTest("imageprocessor.download.private-networks=allow")
@EnableWireMock
class VisitsTest {

    private static final String HARBOUR =
            "{\"store_id\":\"S00325310\",\"area\":\"76886437\",\"store_name\":\"Harbour Street Wholesale\",\"data\":[";
    private static final String UMBERBY =
            "{\"store_id\":\"S00343611\",\"area\":\"76886437\",\"store_name\":\"Umberby Cash & Carry\",\"data\":[";

    @Value("${wiremock.server.baseUrl}")
    String origin;

    @LocalServerPort
    int port;

    ApiClient client;

    @BeforeEach
    void connect() {
        client = new ApiClient(port);
    }

    @Test
    void sumsPerimetersByStoreAndDay() {
        stubFor(get("/shelf.jpg").willReturn(aResponse().withBody(Photos.photo("jpeg", 640, 480))));
        stubFor(get("/fridge.png").willReturn(aResponse().withBody(Photos.photo("png", 120, 90))));
        String first = client.submitted("""
                {"count": 4, "visits": [
                  {"store_id": "S00343611", "image_url": ["%1$s/fridge.png"], "visit_time": "2019-05-01"},
                  {"store_id": "S00325310", "image_url": ["%1$s/fridge.png", "%1$s/missing.jpg"],
                   "visit_time": "2019-05-03T01:00:00+02:00"},
                  {"store_id": "S00325310", "image_url": ["%1$s/shelf.jpg"], "visit_time": "2019-05-01T12:00:00"},
                  {"store_id": "S00357841", "image_url": ["%1$s/missing.jpg"], "visit_time": "2019-05-01"}]}
                """.formatted(origin));
        String second = client.submitted("""
                {"count": 1, "visits": [
                  {"store_id": "S00325310", "image_url": ["%1$s/fridge.png", "%1$s/shelf.jpg"],
                   "visit_time": "2019-05-01T23:00:00Z"}]}
                """.formatted(origin));
        client.finished(first);
        client.finished(second);

        String days1And2 = "{\"date\":\"2019-05-01\",\"perimeter\":4900},{\"date\":\"2019-05-02\",\"perimeter\":420}]}";
        String umberby = UMBERBY + "{\"date\":\"2019-05-01\",\"perimeter\":420}]}";
        assertThat(results("area=76886437")).isEqualTo(HARBOUR + days1And2 + "," + umberby);
        assertThat(results("storeid=S00325310")).isEqualTo(HARBOUR + days1And2);
        assertThat(results("storeid=S00343611&area=76886437&startdate=2019-05-01&enddate=2019-05-01"))
                .isEqualTo(umberby);
        assertThat(results("area=76886437&startdate=2019-05-02"))
                .isEqualTo(HARBOUR + "{\"date\":\"2019-05-02\",\"perimeter\":420}]}");
        assertThat(results("storeid=S00325310&enddate=2019-05-01"))
                .isEqualTo(HARBOUR + "{\"date\":\"2019-05-01\",\"perimeter\":4900}]}");
        assertThat(results("area=76886437&enddate=2019-04-30")).isEmpty();
        assertThat(results("storeid=S00357841")).isEmpty();
    }

    private String results(String query) {
        HttpResponse<String> response = client.get("/api/visits?" + query);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).startsWith("{\"results\":[").endsWith("]}");
        return response.body()
                .substring("{\"results\":[".length(), response.body().length() - "]}".length());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | area or storeid is required",
                "startdate=2019-05-01 | area or storeid is required",
                "area=1 | area is not in the store master",
                "area= | area or storeid is required",
                "area=1&storeid=S00325310 | area is not in the store master",
                "storeid=S99999999 | storeid is not in the store master",
                "storeid= | area or storeid is required",
                "area=78505&storeid=S00325310 | storeid is not in area",
                "area=78505&startdate=2019-05-02&enddate=2019-05-01 | startdate must not be after enddate",
                "area=78505&startdate=01.05.2019 | startdate must be an ISO 8601 date",
                "area=78505&startdate=2019-02-29 | startdate must be an ISO 8601 date",
                "area=78505&enddate=2019-05-01T12:00:00Z | enddate must be an ISO 8601 date",
                "store_id=S1 | unknown parameter store_id; known parameters: area, enddate, startdate, storeid",
                "area=78505&area=475219 | parameter area is repeated"
            })
    void rejectsInvalidParameters(String query, String error) {
        HttpResponse<String> response = client.get("/api/visits?" + query);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).isEqualTo("{\"error\":\"" + error + "\"}");
    }
}
