package io.imageprocessor.api.stores;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import io.imageprocessor.ApiClient;
import io.imageprocessor.SameOnAnyStorage;
import io.imageprocessor.ServiceTest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The store master over HTTP. */
@ServiceTest
@SameOnAnyStorage
class StoresTest {

    @LocalServerPort
    int port;

    ApiClient client;

    @BeforeEach
    void connect() {
        client = new ApiClient(port);
    }

    @Test
    void returnsAStore() {
        HttpResponse<String> response = client.get("/api/stores/S00339218");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(response.body())
                .isEqualTo("{\"store_id\":\"S00339218\",\"store_name\":\"Dunthorpe Dairy\",\"area_code\":\"78505\"}");
    }

    @ParameterizedTest
    @CsvSource({"S99999999", "s00339218", "%20", "reload", "%22%3Cscript%3E"})
    void returns404ForOtherIds(String id) {
        HttpResponse<String> response = client.get("/api/stores/" + id);

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body()).isEqualTo("{\"error\":\"there is no such store\"}");
    }

    @Test
    void listsFiftyStoresByIdByDefault() {
        HttpResponse<String> response = client.get("/api/stores");

        List<String> ids = JsonPath.read(response.body(), "$.items[*].store_id");
        assertThat(ids).hasSize(50).isSorted().startsWith("S00300204", "S00300262", "S00300672");
        assertThat(response.body())
                .startsWith("{\"items\":[{\"store_id\":\"S00300204\",\"store_name\":\"Fenbridge Kiosk\","
                        + "\"area_code\":\"5012659\"},{");
    }

    @Test
    void pagesThroughAllStores() {
        List<String> ids = new ArrayList<>();
        String next = "/api/stores?limit=1000";
        for (int pages = 0; next != null; pages++) {
            assertThat(pages).isLessThan(5);
            HttpResponse<String> response = client.get(next);
            ids.addAll(JsonPath.<List<String>>read(response.body(), "$.items[*].store_id"));
            next = next(response);
        }

        assertThat(ids).hasSize(5_000).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void pagesThroughTheStoresOfAnArea() {
        HttpResponse<String> first = client.get("/api/stores?area=76886437&limit=31");
        HttpResponse<String> last = client.get(String.valueOf(next(first)));

        assertThat(JsonPath.<List<String>>read(first.body(), "$.items[*].area_code"))
                .hasSize(31)
                .containsOnly("76886437");
        assertThat(JsonPath.<List<String>>read(last.body(), "$.items[*].area_code"))
                .containsExactly("76886437");
        assertThat(last.body()).endsWith("\"next_cursor\":null}");
        assertThat(last.headers().firstValue("Link")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"q=339218, S00339218", "q=s00339218, S00339218", "q=HARBOUR%20street&area=76886437, S00325310"})
    void findsStoresByPartOfIdOrNameIgnoringCase(String query, String storeId) {
        assertThat(JsonPath.<List<String>>read(
                        client.get("/api/stores?" + query).body(), "$.items[*].store_id"))
                .containsExactly(storeId);
    }

    @ParameterizedTest
    @CsvSource({"area=1", "q=no+store+is+called+so", "area=78505&q=S01408764"})
    void returnsAnEmptyPageIfNothingMatches(String query) {
        HttpResponse<String> response = client.get("/api/stores?" + query);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("{\"items\":[],\"next_cursor\":null}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/api/stores?limit=0 | limit must be between 1 and 1000",
                "/api/stores?limit=1001 | limit must be between 1 and 1000",
                "/api/stores?limit=many | limit must be a whole number",
                "/api/stores?cursor=nonsense | invalid cursor",
                "/api/stores?cursor=am9iczox | invalid cursor",
                "/api/stores?store=1 | unknown parameter store; known parameters: area, cursor, limit, q",
                "/api/stores?q=a&q=b | parameter q is repeated",
                "/api/stores/S00339218?q=a | unknown parameter q; this call takes none"
            })
    void rejectsInvalidParameters(String path, String error) {
        HttpResponse<String> response = client.get(path);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).isEqualTo("{\"error\":\"" + error + "\"}");
    }

    /** Returns the next page in the Link header, which must have the cursor of the body. */
    private static @Nullable String next(HttpResponse<String> response) {
        String cursor = JsonPath.read(response.body(), "$.next_cursor");
        String link = response.headers().firstValue("Link").orElse(null);
        if (link != null) {
            assertThat(link).contains("cursor=" + cursor).endsWith("; rel=\"next\"");
            return link.substring(1, link.indexOf('>'));
        }
        assertThat(cursor).isNull();
        return null;
    }
}
