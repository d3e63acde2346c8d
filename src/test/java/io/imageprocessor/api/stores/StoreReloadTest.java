package io.imageprocessor.api.stores;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.ApiClient;
import io.imageprocessor.SameOnAnyStorage;
import io.imageprocessor.Scrape;
import io.imageprocessor.ServiceTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** A store master that changes while the service runs. */
@ServiceTest
@DirtiesContext
@SameOnAnyStorage
class StoreReloadTest {

    @TempDir
    static Path folder;

    @LocalServerPort
    int port;

    ApiClient client;

    @DynamicPropertySource
    static void useAStoreMasterOfOurOwn(DynamicPropertyRegistry properties) {
        write("71,One,S1", "71,Two,S2", "72,Three,S3");
        properties.add("imageprocessor.store-master", StoreReloadTest::file);
    }

    @BeforeEach
    void startWithThreeStores() {
        client = new ApiClient(port);
        write("71,One,S1", "71,Two,S2", "72,Three,S3");
        assertThat(reload().statusCode()).isEqualTo(200);
    }

    @Test
    void returnsTheNumbersOfChanges() {
        write("71,One,S1", "71,Second,S2", "72,Four,S4", "72,Five,S5");

        HttpResponse<String> response = reload();

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("{\"stores\":4,\"added\":2,\"removed\":1,\"changed\":1}");
        assertThat(client.get("/api/stores/S2").body()).contains("\"Second\"");
        assertThat(client.get("/api/stores/S3").statusCode()).isEqualTo(404);
    }

    @Test
    void changesNothingIfTheFileIsInvalid() {
        String before = client.get("/api/stores").body();
        write("71,One,S1", "72,Four,S4", "72,Five,S1");

        HttpResponse<String> response = reload();

        assertThat(response.statusCode()).isEqualTo(422);
        assertThat(response.body())
                .isEqualTo("{\"error\":\"" + file() + ", line 4: duplicate store id S1 (first on line 2)\"}");
        assertThat(client.get("/api/stores").body()).isEqualTo(before);
        assertThat(stale()).isEqualTo(1);

        write("71,One,S1");
        assertThat(reload().statusCode()).isEqualTo(200);
        assertThat(stale()).isZero();
    }

    @Test
    void keepsTheStoresOfEarlierJobs() {
        String job = """
                {"count": 1, "visits": [{"store_id": "S9", "image_url": ["no url"], "visit_time": "2023-03-15"}]}""";
        String before = client.submitted(job);
        assertThat(client.finished(before)).contains("\"error\":\"store not found\"");

        write("71,One,S1", "71,Nine,S9");
        assertThat(reload().statusCode()).isEqualTo(200);

        assertThat(client.status(before).body()).contains("{\"store_id\":\"S9\",\"error\":\"store not found\"}");
        // The store is known now, so its image fails for another reason.
        assertThat(client.finished(client.submitted(job))).contains("(1 of 1 images failed)");

        write("71,One,S1");
        assertThat(reload().statusCode()).isEqualTo(200);
        assertThat(client.finished(client.submitted(job))).contains("\"error\":\"store not found\"");
    }

    @Test
    void readsWhatExcelSaves() throws IOException {
        String text =
                "\uFEFFsep=;\r\nAreaCode;StoreName;StoreID;\r\n;;;\r\n71;\"One; or Two\";\u00A0S7\u00A0;\r\n;;;\r\n";
        Files.writeString(Path.of(file()), text, StandardCharsets.UTF_16LE);

        HttpResponse<String> response = reload();

        assertThat(response.body()).isEqualTo("{\"stores\":1,\"added\":1,\"removed\":3,\"changed\":0}");
        assertThat(client.get("/api/stores/S7").body())
                .isEqualTo("{\"store_id\":\"S7\",\"store_name\":\"One; or Two\",\"area_code\":\"71\"}");
        String job = """
                {"count": 1, "visits": [
                  {"store_id": "\\u00a0S7", "image_url": ["no url"], "visit_time": "2023-03-15"}]}""";
        assertThat(client.finished(client.submitted(job))).contains("\"store_id\":\"S7\"", "(1 of 1 images failed)");
    }

    @Test
    void rejectsParameters() {
        HttpResponse<String> response = client.method("POST", "/api/stores/reload?file=other.csv");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).isEqualTo("{\"error\":\"unknown parameter file; this call takes none\"}");
    }

    private HttpResponse<String> reload() {
        return client.method("POST", "/api/stores/reload");
    }

    private double stale() {
        return Scrape.of(client.get("/actuator/prometheus").body()).value("imageprocessor_stores_stale");
    }

    private static String file() {
        return folder.resolve("stores.csv").toString();
    }

    private static void write(String... rows) {
        try {
            Files.writeString(Path.of(file()), "AreaCode,StoreName,StoreID\n" + String.join("\n", rows));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
