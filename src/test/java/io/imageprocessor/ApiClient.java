package io.imageprocessor;

import static org.awaitility.Awaitility.await;

import io.imageprocessor.api.description.ApiDescription;
import io.imageprocessor.api.description.Exchange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** A client of the service over HTTP. It checks every response against the API description and fails if they differ. */
public final class ApiClient {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final int port;
    private final String base;
    private final ApiDescription description;

    public ApiClient(int port) {
        this(port, ApiDescription.checkedIn());
    }

    /** Creates a client of a service with another description, because of its settings. */
    public ApiClient(int port, ApiDescription description) {
        this.port = port;
        this.base = "http://localhost:" + port;
        this.description = description;
    }

    public int port() {
        return port;
    }

    public HttpResponse<String> submit(String body) {
        return post("/api/submit", body, "Content-Type", "application/json");
    }

    /** Submits a job, which must be accepted, and returns its id. */
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

    /** Polls the status until the job is finished and returns the last one. */
    public String finished(String jobId) {
        return finished(jobId, Duration.ofSeconds(20));
    }

    /** Polls the status until the job is finished, at most for {@code time}, and returns the last one. */
    public String finished(String jobId, Duration time) {
        return await().atMost(time)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> status(jobId).body(), status -> !status.contains("\"ongoing\""));
    }

    public HttpResponse<String> get(String path, String... headers) {
        return send(request(path, headers), "");
    }

    public HttpResponse<String> post(String path, String body, String... headers) {
        return send(request(path, headers).POST(BodyPublishers.ofString(body)), body);
    }

    /** Posts a binary body, such as a compressed one. Only the response is checked against the description. */
    public HttpResponse<String> post(String path, byte[] body, String... headers) {
        return send(request(path, headers).POST(BodyPublishers.ofByteArray(body)), "");
    }

    public HttpResponse<String> method(String method, String path) {
        return send(request(path).method(method, BodyPublishers.noBody()), "");
    }

    private HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
        return headers.length == 0 ? request : request.headers(headers);
    }

    private HttpResponse<String> send(HttpRequest.Builder builder, String body) {
        try {
            HttpRequest request = builder.build();
            HttpResponse<String> response = HTTP.send(request, BodyHandlers.ofString());
            description.check(Exchange.of(request, body, response));
            return response;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
