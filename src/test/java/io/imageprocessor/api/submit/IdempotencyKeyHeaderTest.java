package io.imageprocessor.api.submit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.ApiClient;
import io.imageprocessor.ServiceTest;
import io.imageprocessor.gzip.Gzip;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobQueries;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Repeated submissions with {@code Idempotency-Key}. */
@ServiceTest
class IdempotencyKeyHeaderTest {

    private static final String JOB = """
            {"count": 1, "label": "spring", "visits": [
              {"store_id": "S00339218", "image_url": ["no url"], "visit_time": "2023-03-15"}]}""";
    private static final String IN_FLIGHT =
            "{\"error\":\"a submission with this Idempotency-Key is being read; try again later\"}";

    private final String key = UUID.randomUUID().toString();

    @LocalServerPort
    int port;

    @Autowired
    JobQueries queries;

    ApiClient client;

    @BeforeEach
    void connect() {
        client = new ApiClient(port);
    }

    @Test
    void createsOneJobForRepeatedSubmissions() {
        HttpResponse<String> first = submit(JOB);
        HttpResponse<String> second = submit(JOB);
        HttpResponse<String> third = submit(JOB);

        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(first.headers().firstValue("Idempotency-Replayed")).isEmpty();
        for (HttpResponse<String> again : List.of(second, third)) {
            assertThat(again.statusCode()).isEqualTo(201);
            assertThat(again.body()).isEqualTo(first.body());
            assertThat(again.headers().firstValue("Location"))
                    .isEqualTo(first.headers().firstValue("Location"));
            assertThat(again.headers().firstValue("Idempotency-Replayed")).contains("true");
        }
    }

    @Test
    void ignoresCompressionOfRepeatedSubmissions() {
        HttpResponse<String> first = submit(JOB);

        HttpResponse<String> packed = client.post(
                "/api/submit", Gzip.gzip(JOB.getBytes(UTF_8)), "Idempotency-Key", key, "Content-Encoding", "gzip");

        assertThat(packed.statusCode()).isEqualTo(201);
        assertThat(packed.body()).isEqualTo(first.body());
        assertThat(packed.headers().firstValue("Idempotency-Replayed")).contains("true");
    }

    @Test
    void distinguishesLargeBodiesByTheirLastByte() {
        String large = JOB + " ".repeat(100_000);
        HttpResponse<String> first = submit(large + "\n");

        assertThat(submit(large + "\n").body()).isEqualTo(first.body());
        assertThat(submit(large + "\t").statusCode()).isEqualTo(422);
    }

    @Test
    void rejectsAnotherBodyWithAUsedKey() {
        HttpResponse<String> first = submit(JOB);

        HttpResponse<String> other = submit(JOB.replace("2023", "2024"));

        assertThat(other.statusCode()).isEqualTo(422);
        assertThat(other.body()).isEqualTo("{\"error\":\"this Idempotency-Key was used for another body\"}");
        assertThat(submit(JOB).body()).isEqualTo(first.body());
    }

    @Test
    void releasesTheKeyOfARejectedSubmission() {
        assertThat(submit("{}").statusCode()).isEqualTo(400);
        assertThat(submit("no json").statusCode()).isEqualTo(400);

        HttpResponse<String> accepted = submit(JOB);

        assertThat(accepted.statusCode()).isEqualTo(201);
        assertThat(accepted.headers().firstValue("Idempotency-Replayed")).isEmpty();
    }

    @Test
    void createsAJobForEachKeyAndForSubmissionsWithoutKey() {
        assertThat(client.submitted(JOB)).isNotEqualTo(client.submitted(JOB));
        HttpResponse<String> other = client.post(
                "/api/submit", JOB, "Idempotency-Key", UUID.randomUUID().toString());

        assertThat(other.body()).isNotEqualTo(submit(JOB).body());
    }

    @Test
    void rejectsAKeyWhileItsFirstSubmissionIsRead() throws IOException {
        byte[] job = JOB.getBytes(UTF_8);
        try (Socket first = begin(job)) {
            assertThat(submit(JOB).statusCode()).isEqualTo(409);
            assertThat(submit("another body").body()).isEqualTo(IN_FLIGHT);

            first.getOutputStream().write(job, job.length / 2, job.length - job.length / 2);
            String answer = new String(first.getInputStream().readAllBytes(), UTF_8);

            assertThat(answer).startsWith("HTTP/1.1 201");
            HttpResponse<String> replayed = submit(JOB);
            assertThat(replayed.headers().firstValue("Idempotency-Replayed")).contains("true");
            assertThat(answer).contains(replayed.body());
        }
    }

    @Test
    void releasesTheKeyWhenTheClientDisconnects() throws IOException {
        begin(JOB.getBytes(UTF_8)).close();

        HttpResponse<String> accepted = await().until(() -> submit(JOB), response -> response.statusCode() != 409);

        assertThat(accepted.statusCode()).isEqualTo(201);
        assertThat(accepted.headers().firstValue("Idempotency-Replayed")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "clé", "\t", ""})
    void rejectsKeysThatAreNotVisibleAscii(String bad) throws IOException {
        assertThat(answer("Idempotency-Key: " + bad))
                .startsWith("HTTP/1.1 400")
                .contains("{\"error\":\"Idempotency-Key must be 1 to 255 visible ASCII characters\"}");
    }

    @Test
    void acceptsKeysOfUpTo255Characters() throws IOException {
        String longest = key + "~".repeat(255 - key.length());

        assertThat(answer("Idempotency-Key: " + longest)).startsWith("HTTP/1.1 201");
        assertThat(answer("Idempotency-Key: " + longest + "!")).startsWith("HTTP/1.1 400");
    }

    @Test
    void rejectsRepeatedKeys() throws IOException {
        assertThat(answer("Idempotency-Key: a\r\nidempotency-key: a"))
                .startsWith("HTTP/1.1 400")
                .contains("{\"error\":\"Idempotency-Key is repeated\"}");
    }

    @Test
    void storesTheLabel() {
        JobId labelled = JobId.parse(client.submitted(JOB)).orElseThrow();
        JobId unlabelled =
                JobId.parse(client.submitted(JOB.replace("\"spring\"", "null"))).orElseThrow();

        assertThat(queries.status(labelled).orElseThrow().metadata().label()).contains("spring");
        assertThat(queries.status(unlabelled).orElseThrow().metadata().label()).isEmpty();
    }

    private HttpResponse<String> submit(String body) {
        return client.post("/api/submit", body, "Idempotency-Key", key);
    }

    /** Sends the first half of a submission and waits until the service reads it. */
    private Socket begin(byte[] job) throws IOException {
        Socket socket = new Socket("localhost", port);
        OutputStream out = socket.getOutputStream();
        out.write(head("Idempotency-Key: " + key, job));
        out.write(job, 0, job.length / 2);
        out.flush();
        // A client cannot see that the key is claimed, except by the rejection of another submission, which might have
        // come first.
        await().until(() -> Thread.getAllStackTraces().values().stream()
                .flatMap(Arrays::stream)
                .anyMatch(frame -> frame.getMethodName().equals("acceptFirst")));
        return socket;
    }

    private String answer(String header) throws IOException {
        byte[] job = JOB.getBytes(UTF_8);
        try (Socket socket = new Socket("localhost", port)) {
            socket.getOutputStream().write(head(header, job));
            socket.getOutputStream().write(job);
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    private static byte[] head(String header, byte[] job) {
        return ("POST /api/submit HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: " + job.length + "\r\n"
                        + header + "\r\n\r\n")
                .getBytes(UTF_8);
    }
}
