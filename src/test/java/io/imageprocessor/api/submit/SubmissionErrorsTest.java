package io.imageprocessor.api.submit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.imageprocessor.ApiClient;
import io.imageprocessor.SameOnAnyStorage;
import io.imageprocessor.ServiceTest;
import io.imageprocessor.gzip.Gzip;
import io.imageprocessor.job.JobQueries;
import io.imageprocessor.job.UnfinishedWork;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Errors in submissions: each gets a clear response, saves nothing, and logs no warning. */
@ServiceTest({"imageprocessor.jobs.max-images-per-job=3", "imageprocessor.api.max-request-bytes=2KB"})
@ExtendWith(OutputCaptureExtension.class)
@SameOnAnyStorage
class SubmissionErrorsTest {

    private static final String VISIT =
            "{\"store_id\": \"S00339218\", \"image_url\": [\"http://a/1\"], \"visit_time\": \"2023-03-15\"}";

    @LocalServerPort
    int port;

    @Autowired
    JobQueries queries;

    ApiClient client;

    @BeforeEach
    void connect() {
        client = new ApiClient(port);
    }

    @AfterEach
    void assertNothingSavedOrLogged(CapturedOutput output) {
        assertThat(queries.unfinished()).isEqualTo(new UnfinishedWork(0, 0));
        assertThat(output).doesNotContain("ERROR").doesNotContain("accepted");
    }

    static Stream<Arguments> invalid() {
        return Stream.of(
                arguments(job(2, VISIT), "count does not match number of visits"),
                arguments(job(-1, VISIT), "count does not match number of visits"),
                arguments(
                        "{\"count\": 99999999999999999999999, \"visits\": [" + VISIT + "]}",
                        "count does not match number of visits"),
                arguments("{\"count\": \"1\", \"visits\": [" + VISIT + "]}", "count must be an integer"),
                arguments("{\"count\": 1.0, \"visits\": [" + VISIT + "]}", "count must be an integer"),
                arguments("{\"count\": 1e400, \"visits\": [" + VISIT + "]}", "count must be an integer"),
                arguments("{\"count\": null, \"visits\": [" + VISIT + "]}", "count must not be null"),
                arguments("{\"visits\": [" + VISIT + "]}", "count is required"),
                arguments("{\"count\": 1}", "visits is required"),
                arguments("{\"count\": 0, \"visits\": []}", "visits must not be empty"),
                arguments("{\"count\": 1, \"visits\": {}}", "visits must be an array"),
                arguments("{\"count\": 1, \"visits\": null}", "visits must not be null"),
                arguments("{\"count\": 1, \"visits\": [null]}", "visits[0] must not be null"),
                arguments("{\"count\": 1, \"visits\": [[]]}", "visits[0] must be an object"),
                arguments(
                        job(2, VISIT + "," + visit("\"\"", "[\"http://a/1\"]", "\"2023-03-15\"")),
                        "visits[1].store_id must not be blank"),
                arguments(
                        job(1, visit("\" \\t\"", "[\"http://a/1\"]", "\"2023-03-15\"")),
                        "visits[0].store_id must not be blank"),
                arguments(
                        job(1, visit("7", "[\"http://a/1\"]", "\"2023-03-15\"")),
                        "visits[0].store_id must be a string"),
                arguments(
                        job(1, visit("null", "[\"http://a/1\"]", "\"2023-03-15\"")),
                        "visits[0].store_id must not be null"),
                arguments(job(1, visit("\"S1\"", "[]", "\"2023-03-15\"")), "visits[0].image_url must not be empty"),
                arguments(
                        job(1, visit("\"S1\"", "\"http://a/1\"", "\"2023-03-15\"")),
                        "visits[0].image_url must be an array of strings"),
                arguments(job(1, visit("\"S1\"", "null", "\"2023-03-15\"")), "visits[0].image_url must not be null"),
                arguments(
                        job(1, visit("\"S1\"", "[\"http://a/1\", 5]", "\"2023-03-15\"")),
                        "visits[0].image_url[1] must be a string"),
                arguments(
                        job(1, visit("\"S1\"", "[null]", "\"2023-03-15\"")), "visits[0].image_url[0] must not be null"),
                arguments(
                        job(1, "{\"image_url\": [\"http://a/1\"], \"visit_time\": \"2023-03-15\"}"),
                        "visits[0].store_id is required"),
                arguments(
                        job(1, "{\"store_id\": \"S1\", \"visit_time\": \"2023-03-15\"}"),
                        "visits[0].image_url is required"),
                arguments(
                        job(1, "{\"store_id\": \"S1\", \"image_url\": [\"http://a/1\"]}"),
                        "visits[0].visit_time is required"),
                arguments(
                        job(1, visit("\"S1\"", "[\"http://a/1\"]", "\"15.03.2023\"")),
                        "visits[0].visit_time must be an ISO 8601 date or date-time"),
                arguments(
                        job(1, visit("\"S1\"", "[\"http://a/1\"]", "\"2023-02-30\"")),
                        "visits[0].visit_time must be an ISO 8601 date or date-time"),
                arguments(
                        job(1, visit("\"S1\"", "[\"http://a/1\"]", "\"9999-12-31T23:59:59.9999999-05:00\"")),
                        "visits[0].visit_time must be an ISO 8601 date or date-time whose year in UTC has four digits"),
                arguments(
                        job(2, VISIT + "," + visit("\"S1\"", "[\"http://a/1\"]", "\"0000-01-01T00:00:00+05:00\"")),
                        "visits[1].visit_time must be an ISO 8601 date or date-time whose year in UTC has four digits"),
                arguments(
                        job(1, visit("\"S1\"", "[\"http://a/1\"]", "\"\"")),
                        "visits[0].visit_time must be an ISO 8601 date or date-time"),
                arguments(
                        job(1, visit("\"S1\"", "[\"http://a/1\"]", "1678890600")),
                        "visits[0].visit_time must be a string"),
                arguments(job(1, visit("\"S1\"", "[\"http://a/1\"]", "null")), "visits[0].visit_time must not be null"),
                arguments(labelled("5"), "label must be a string"),
                arguments(labelled("[\"spring\"]"), "label must be a string"),
                arguments(labelled("\" \""), "label must not be blank"),
                arguments(labelled("\"\\u00a0\""), "label must not be blank"),
                arguments(
                        job(1, visit("\"\\u00a0\\u200b\"", "[\"http://a/1\"]", "\"2023-03-15\"")),
                        "visits[0].store_id must not be blank"),
                arguments(labelled("\"" + "x".repeat(256) + "\""), "label must not be longer than 255 characters"),
                arguments(labelled("\"\\ud800\""), "label must not contain an unpaired surrogate"),
                arguments(labelled("\"a\\ude00\\ud83d\""), "label must not contain an unpaired surrogate"),
                arguments(
                        job(2, VISIT + "," + visit("\"S\\udfff1\"", "[\"http://a/1\"]", "\"2023-03-15\"")),
                        "visits[1].store_id must not contain an unpaired surrogate"),
                arguments(labelled("null, \"label\": \"spring\""), "duplicate key label"),
                arguments("", "the body must be a JSON object"),
                arguments("null", "the body must be a JSON object"),
                arguments("[]", "the body must be a JSON object"),
                arguments(job(1, VISIT) + "{}", "the body must be one JSON object and nothing after it"),
                arguments("{\"count\": 1, \"count\": 1, \"visits\": [" + VISIT + "]}", "duplicate key count"),
                arguments("{\"visits\": [" + VISIT + "], \"visits\": []}", "duplicate key visits"),
                arguments(job(1, VISIT.replace("}", ", \"store_id\": \"S1\"}")), "duplicate key store_id"),
                arguments(job(1, VISIT.replace("}", ", \"image_url\": [\"http://a/2\"]}")), "duplicate key image_url"),
                arguments(job(1, VISIT.replace("}", ", \"visit_time\": \"2023-03-15\"}")), "duplicate key visit_time"),
                arguments("{\"count\": 1,}", "malformed JSON at line 1, column 13"),
                arguments("{\"count\": 1, \"vis", "malformed JSON at line 1, column 18"),
                arguments(
                        "{\"x\": " + "[".repeat(200) + "]".repeat(200) + "}",
                        "JSON nested too deeply, or a value that is too long"));
    }

    @ParameterizedTest(name = "{1}: {0}")
    @MethodSource("invalid")
    void namesTheInvalidField(String body, String error) {
        HttpResponse<String> response = client.submit(body);

        assertThat(response.body()).isEqualTo("{\"error\":\"" + error + "\"}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    }

    static Stream<String> malformedUtf8() {
        return Stream.of(
                "\u00C0\u0080", // overlong U+0000
                "\u00C1\u00BF", // overlong U+007F
                "\u00E0\u0080\u00AF", // overlong slash
                "\u00E0\u009F\u00BF",
                "\u00F0\u0080\u0080\u00AF",
                "\u00F0\u008F\u00BF\u00BF",
                "\u00ED\u00A0\u0080", // a surrogate
                "\u00ED\u00A0\u00BD\u00ED\u00B8\u0080", // a pair of surrogates, as in CESU-8
                "\u00F4\u0090\u0080\u0080", // above U+10FFFF
                "\u00F7\u00BF\u00BF\u00BF",
                "\u00E2\u0082",
                "\u0080",
                "\u00FF");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16BE", "UTF-16LE", "UTF-32", "UTF-32LE"})
    void rejectsOtherEncodings(String charset) throws Exception {
        byte[] body = job(1, VISIT).getBytes(Charset.forName(charset));

        assertThat(raw(body, body.length))
                .startsWith("HTTP/1.1 400")
                .containsPattern("\\{\"error\":\"malformed JSON at line 1, column \\d+\"}");
    }

    @ParameterizedTest
    @MethodSource("malformedUtf8")
    void rejectsMalformedUtf8Anywhere(String bytes) throws Exception {
        for (String body : List.of(
                labelled("\"spring" + bytes + "\""),
                job(1, VISIT.replace("S00339218", "S" + bytes)),
                job(1, VISIT.replace("http://a/1", "http://a/" + bytes + ".jpg")),
                job(1, VISIT.replace("{", "{\"x\": \"" + bytes + "\", ")),
                job(1, VISIT).replaceFirst("\\{", "{\"x\": {\"" + bytes + "\": 1}, "),
                job(1, VISIT).replaceFirst("\\{", "{\"x\": [\"" + bytes + "\", 1], "),
                job(1, VISIT) + bytes)) {
            byte[] malformed = body.getBytes(StandardCharsets.ISO_8859_1);

            assertThat(raw(malformed, malformed.length))
                    .startsWith("HTTP/1.1 400")
                    .containsPattern("\\{\"error\":\"malformed JSON at line 1, column \\d+\"}");
            HttpResponse<String> compressed = client.post(
                    "/api/submit",
                    Gzip.gzip(malformed),
                    "Content-Type",
                    "application/json",
                    "Content-Encoding",
                    "gzip");
            assertThat(compressed.statusCode()).isEqualTo(400);
            assertThat(compressed.body()).startsWith("{\"error\":\"malformed JSON at line 1, column ");
        }
    }

    @Test
    void reportsAnErrorBeforeMalformedUtf8First() throws Exception {
        byte[] body = "{\"count\": \"1\", \"x\": \"\u00C0\u0080\"}".getBytes(StandardCharsets.ISO_8859_1);

        assertThat(raw(body, body.length)).contains("{\"error\":\"count must be an integer\"}");
    }

    @Test
    void rejectsATruncatedBody() throws Exception {
        byte[] body = job(1, VISIT).getBytes(StandardCharsets.UTF_8);

        assertThat(raw(body, body.length + 10)).startsWith("HTTP/1.1 400").contains("{\"error\":\"");
    }

    @Test
    void rejectsTooManyImages() {
        String urls = "[\"http://a/1\", \"http://a/2\", \"http://a/3\", \"http://a/4\"]";

        HttpResponse<String> response = client.submit(job(1, visit("\"S00339218\"", urls, "\"2023-03-15\"")));

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.body()).isEqualTo("{\"error\":\"a job may hold at most 3 images\"}");
    }

    @Test
    void rejectsADeclaredLengthOverTheLimit() {
        HttpResponse<String> response = client.submit(" ".repeat(2049));

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.body()).isEqualTo("{\"error\":\"the body is larger than 2048 bytes\"}");
    }

    @Test
    void rejectsAChunkedBodyOverTheLimit() throws Exception {
        String answer = exchange("POST /api/submit HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                + "1000\r\n" + " ".repeat(0x1000) + "\r\n0\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 413").contains("{\"error\":\"the body is larger than 2048 bytes\"}");
    }

    @Test
    void rejectsAnInvalidBodyWithoutReadingItsRest() throws Exception {
        try (Socket socket = new Socket("localhost", port)) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            out.write(("POST /api/submit HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                            + "Content-Length: 2000\r\n\r\n{\"count\": 1, \"visits\": [{\"image_url\": ["
                            + "\"http://a/\",".repeat(100))
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            byte[] status = socket.getInputStream().readNBytes("HTTP/1.1 413".length());

            assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 413");
        }
    }

    @Test
    void rejectsMalformedChunks() throws Exception {
        String head = "POST /api/submit HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";

        String answer = exchange(head + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n");

        assertThat(answer).startsWith("HTTP/1.1 400").contains("{\"error\":\"");
    }

    @Test
    void rejectsInvalidUnicode() throws Exception {
        byte[] body = {0, 0, (byte) 0xFE, (byte) 0xFF, 0x7F, 0x7F, 0x7F, 0x7F, 0, 0, 0, 0};

        assertThat(raw(body, body.length)).startsWith("HTTP/1.1 400").contains("{\"error\":\"malformed JSON");
    }

    @Test
    void rejectsAnEndlessStoreId() {
        HttpResponse<String> response =
                client.submit(job(1, visit("\"" + "S".repeat(256) + "\"", "[\"http://a/1\"]", "\"2023-03-15\"")));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body())
                .isEqualTo("{\"error\":\"visits[0].store_id must not be longer than 255 characters\"}");
    }

    private String raw(byte[] body, int announcedLength) throws IOException {
        return exchange("POST /api/submit HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                + "Connection: close\r\nContent-Length: " + announcedLength + "\r\n\r\n"
                + new String(body, StandardCharsets.ISO_8859_1));
    }

    /** Sends the bytes, closes the output, and reads the response. */
    private String exchange(String bytes) throws IOException {
        try (Socket socket = new Socket("localhost", port)) {
            OutputStream out = socket.getOutputStream();
            out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            socket.shutdownOutput();
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String job(int count, String visits) {
        return "{\"count\": " + count + ", \"visits\": [" + visits + "]}";
    }

    private static String labelled(String label) {
        return "{\"label\": " + label + ", \"count\": 1, \"visits\": [" + VISIT + "]}";
    }

    private static String visit(String storeId, String urls, String time) {
        return "{\"store_id\": " + storeId + ", \"image_url\": " + urls + ", \"visit_time\": " + time + "}";
    }
}
