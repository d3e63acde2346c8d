package io.imageprocessor;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** What a client of the service does, over real HTTP. */
public final class ApiClient {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String base;

    public ApiClient(int port) {
        base = "http://localhost:" + port;
    }

    public HttpResponse<String> submit(String body) {
        return post("/api/submit", body, "Content-Type", "application/json");
    }

    /** Submits a job that is expected to be accepted, and answers its id. */
    public String submitted(String body) {
        HttpResponse<String> response = submit(body);
        if (response.statusCode() != 201) {
            throw new AssertionError("not accepted: " + response.statusCode() + " " + response.body());
        }
        return response.body().replaceAll("\\D", "");
    }

    public HttpResponse<String> status(String jobId) {
        return get("/api/status?jobid=" + jobId);
    }

    /** Asks for the status until the job is not ongoing any more, and answers the last one. */
    public String finished(String jobId) {
        return finished(jobId, Duration.ofSeconds(20));
    }

    /** The status once the job is over, if that is within {@code time}. */
    public String finished(String jobId, Duration time) {
        return await().atMost(time)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> status(jobId).body(), status -> !status.contains("\"ongoing\""));
    }

    public HttpResponse<String> get(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build());
    }

    public HttpResponse<String> post(String path, String body, String... headers) {
        return post(path, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    public HttpResponse<String> post(String path, byte[] body, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + path)).POST(BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build());
    }

    public HttpResponse<String> method(String method, String path) {
        return send(HttpRequest.newBuilder(URI.create(base + path))
                .method(method, BodyPublishers.noBody())
                .build());
    }

    private static HttpResponse<String> send(HttpRequest request) {
        try {
            return HTTP.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
