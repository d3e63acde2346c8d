package io.imageprocessor.api.description;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that each kind of difference from a description is found. */
class ApiDescriptionTest {

    private static final ApiDescription DESCRIPTION = ApiDescription.parse("""
            openapi: 3.1.0
            paths:
              /api/shelves:
                get:
                  operationId: shelves
                  parameters:
                    - {name: area, in: query}
                  responses:
                    "200":
                      headers:
                        Link: {}
                        ETag: {required: true}
                      content:
                        application/json:
                          schema: {$ref: "#/components/schemas/Shelf"}
                        application/x-ndjson:
                          schema: {$ref: "#/components/schemas/Shelf"}
                        text/csv:
                          schema: {type: string}
                        text/event-stream:
                          schema: {$ref: "#/components/schemas/Shelf"}
                    "304": {}
                post:
                  operationId: put
                  requestBody:
                    content:
                      application/json:
                        schema: {$ref: "#/components/schemas/Shelf"}
                  responses:
                    "200": {}
                    "400": {}
              /api/shelves/{id}:
                get:
                  operationId: shelf
                  responses:
                    "200": {}
              /api/shelves/top:
                get:
                  operationId: top
                  responses:
                    "304": {}
            components:
              schemas:
                Shelf:
                  type: object
                  required: [id]
                  properties:
                    id: {type: integer}
                    counted_at: {type: [string, "null"], format: date-time}
                ErrorBody:
                  type: object
                  required: [error]
                  properties:
                    error: {type: string}
            """);

    @Test
    void acceptsADescribedExchange() {
        assertThat(lies("application/json", "{\"id\": 1, \"counted_at\": null}"))
                .isEmpty();
        assertThat(lies("application/json;charset=UTF-8", "{\"id\": 1, \"counted_at\": \"2026-01-02T03:04:05Z\"}"))
                .isEmpty();
        assertThat(lies("application/x-ndjson", "{\"id\": 1}\n{\"id\": 2}\n")).isEmpty();
        assertThat(lies("text/csv", "id\n1\n")).isEmpty();
        assertThat(lies("text/event-stream", "retry: 9\n\nid: 1\ndata: {\"id\": 1}\n\n"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"id\": \"1\"} | /id: string found, integer expected",
                "{} | required property 'id' not found",
                "{\"id\": null} | /id: null found, integer expected",
                "{\"id\": 1, \"colour\": \"red\"} | property 'colour' is not defined",
                "{\"id\": 1, \"counted_at\": \"yesterday\"} | /counted_at: does not match the date-time pattern",
                "[] | array found, object expected",
                "{\"id\": 1 | the body is no JSON",
                "'' | the body is no JSON"
            })
    void findsAnInvalidBody(String body, String lie) {
        assertThat(lies("application/json", body)).singleElement().asString().contains(lie);
    }

    @Test
    void findsAnInvalidLine() {
        assertThat(lies("application/x-ndjson", "{\"id\": 1}\n{\"id\": true}\n"))
                .hasSize(1);
    }

    @Test
    void findsAnInvalidEvent() {
        assertThat(lies("text/event-stream", "id: 1\ndata: {\"id\": 1}\n\nid: 2\ndata: {\"id\": true}\n\n"))
                .hasSize(1);
    }

    @Test
    void findsAnotherContentType() {
        assertThat(lies("text/html", "<p>")).containsExactly("the content type 'text/html' is not described");
    }

    @Test
    void findsMissingAndUndescribedHeaders() {
        assertThat(answer("GET", "/api/shelves", 200, Map.of("content-type", List.of("text/csv")), ""))
                .containsExactly("the required header ETag is missing");
        assertThat(answer("GET", "/api/shelves", 304, Map.of("X-Shelves", List.of("9")), ""))
                .containsExactly("the header x-shelves is not described");
    }

    @Test
    void findsAnUndescribedBody() {
        assertThat(answer("GET", "/api/shelves", 304, Map.of(), "{}")).containsExactly("a body is not described");
    }

    @Test
    void findsAnUndescribedStatus() {
        assertThat(answer("GET", "/api/shelves", 202, Map.of(), "")).containsExactly("the status is not described");
    }

    @Test
    void findsAnAcceptedUndescribedParameter() {
        assertThat(answer("GET", "/api/shelves/7?sort=up&area=1", 200, Map.of(), ""))
                .containsExactly("the parameter sort is not described", "the parameter area is not described");
        assertThat(answer("GET", "/api/shelves/?area=1", 304, Map.of(), "")).isEmpty();
    }

    @Test
    void findsAnAcceptedInvalidRequest() {
        assertThat(DESCRIPTION.lies(new Exchange("POST", "/api/shelves", "{\"id\": 1.5}", 200, Map.of(), "")))
                .singleElement()
                .asString()
                .startsWith("a body was taken that is not as described: /id: number found, integer expected");
        assertThat(DESCRIPTION.lies(new Exchange("POST", "/api/shelves", "{\"id\": 1.5}", 400, Map.of(), "")))
                .isEmpty();
    }

    @Test
    void findsAnAcceptedUndescribedRequestBody() {
        assertThat(DESCRIPTION.lies(new Exchange("GET", "/api/shelves/7", "{}", 200, Map.of(), "")))
                .containsExactly("a body was taken that is not described");
    }

    @ParameterizedTest
    @CsvSource({"GET, /api/walls, 200", "PUT, /api/shelves, 204", "GET, /api/walls, 405", "PUT, /api/shelves, 404"})
    void findsAnUndescribedCall(String method, String path, int status) {
        assertThat(answer(method, path, status, Map.of(), "{\"error\": \"no\"}"))
                .containsExactly("the call is not described");
    }

    @ParameterizedTest
    @CsvSource({"GET, /api/walls, 404", "GET, /api/walls, 400", "PUT, /api/shelves, 405"})
    void checksErrorsOfUndescribedCalls(String method, String path, int status) {
        assertThat(answer(method, path, status, Map.of(), "{\"error\": \"no\"}"))
                .isEmpty();
        assertThat(answer(method, path, status, Map.of(), "{\"message\": \"no\"}"))
                .hasSize(2);
    }

    @Test
    void prefersALiteralPathToOneWithAVariable() {
        assertThat(answer("GET", "/api/shelves/top", 304, Map.of(), "")).isEmpty();
        assertThat(answer("GET", "/api/shelves/7", 304, Map.of(), "")).hasSize(1);
    }

    @Test
    void expectsNoBodyForHead() {
        assertThat(answer("HEAD", "/api/shelves", 200, Map.of("ETag", List.of("1")), ""))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/actuator/health", "/v3/api-docs", "/apiary"})
    void ignoresPathsOutsideOfTheApi(String path) {
        assertThat(answer("GET", path, 200, Map.of(), "up")).isEmpty();
    }

    @Test
    void reportsCallResponseAndDifference() {
        assertThatThrownBy(() -> DESCRIPTION.check(new Exchange("GET", "/api/shelves?area=1", "", 500, Map.of(), "oh")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll("GET /api/shelves?area=1 answered 500", "the status is not described", "oh");
    }

    @Test
    void recordsSeenResponses() {
        ApiDescription description = ApiDescription.parse(DESCRIPTION.document().toString());

        description.check(new Exchange("GET", "/api/shelves/7", "", 200, Map.of(), ""));
        description.check(new Exchange(
                "GET",
                "/api/shelves",
                "",
                200,
                Map.of("content-type", List.of("text/csv; charset=UTF-8"), "etag", List.of("1")),
                ""));

        assertThat(description.seen()).containsExactlyInAnyOrder("shelf 200", "shelves 200 text/csv");
    }

    private static List<String> lies(String contentType, String body) {
        return answer(
                "GET", "/api/shelves", 200, Map.of("content-type", List.of(contentType), "etag", List.of("1")), body);
    }

    private static List<String> answer(
            String method, String target, int status, Map<String, List<String>> headers, String body) {
        return DESCRIPTION.lies(new Exchange(method, target, "", status, headers, body));
    }
}
