package io.imageprocessor.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.ApiClient;
import io.imageprocessor.SameOnAnyStorage;
import io.imageprocessor.ServiceTest;
import io.imageprocessor.api.description.ApiDescription;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

@ServiceTest("imageprocessor.api.job-id-type=string")
@SameOnAnyStorage
class JobIdAsStringTest {

    @LocalServerPort
    int port;

    @Test
    void writesAndDescribesJobIdsAsStrings() {
        ApiDescription description = ApiDescription.parse(
                new ApiClient(port).get("/v3/api-docs.yaml").body());
        ApiClient client = new ApiClient(port, description);

        String accepted = client.submit("""
                {"count": 1, "visits": [
                  {"store_id": "S00339218", "image_url": ["no url"], "visit_time": "2023-03-15"}]}""").body();

        assertThat(accepted).matches("\\{\"job_id\":\"\\d+\"}");
        String id = accepted.replaceAll("\\D", "");
        // The client checks all responses against the description of this service, in which ids are strings.
        assertThat(client.finished(id)).startsWith("{\"status\":\"failed\",\"job_id\":\"" + id + "\",");
        assertThat(client.get("/api/jobs").body()).contains("\"job_id\":\"" + id + "\",");
        assertThat(client.get("/api/jobs/" + id + "/events").body()).contains("\"job_id\":\"" + id + "\",");
        assertThat(client.post("/api/jobs/" + id + "/retry", "").body()).contains("\"retry_of\":\"" + id + "\",");
        assertThat(client.get("/api/jobs/" + id).body()).containsPattern("\"retries\":\\[\"\\d+\"]");
    }
}
