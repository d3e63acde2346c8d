package io.imageprocessor;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.stubFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.wiremock.spring.EnableWireMock;

/** Log lines about jobs and images, and the absence of secrets in them. */
@ServiceTest({
    "imageprocessor.download.private-networks=allow",
    "imageprocessor.download.max-attempts=1",
    "imageprocessor.gpu.min-time=1ms",
    "imageprocessor.gpu.max-time=1ms"
})
@EnableWireMock
class JobLogTest {

    @Value("${wiremock.server.baseUrl}")
    String origin;

    @LocalServerPort
    int port;

    ApiClient client;

    @BeforeEach
    void putPhotosOnTheOrigin() {
        client = new ApiClient(port);
        stubFor(get("/photo.png").willReturn(aResponse().withBody(Photos.photo("png", 30, 40))));
        stubFor(get("/slow.png")
                .willReturn(aResponse().withBody(Photos.photo("png", 30, 40)).withFixedDelay(5_000)));
    }

    @Test
    void logsAcceptedAndFinishedJobs() {
        try (LogLines log = new LogLines(Level.INFO)) {
            String job = submitted("S00339218", origin + "/photo.png", origin + "/missing.png");
            client.finished(job);

            assertThat(messages(log, job, 2))
                    .satisfiesExactlyInAnyOrder(
                            line -> assertThat(line).isEqualTo("job " + job + " accepted: 1 visits, 2 images"),
                            line -> assertThat(line)
                                    .matches("job " + job
                                            + " failed: 1 images succeeded, 1 failed, 0 cancelled, in \\d+ ms"));
        }
    }

    @Test
    void logsJobsThatFinishWithTheirSubmission() {
        try (LogLines log = new LogLines(Level.INFO)) {
            String job = submitted("unknown", "http://a/", "http://b/");

            assertThat(messages(log, job, 2).getLast())
                    .matches("job " + job + " failed: 0 images succeeded, 2 failed, 0 cancelled, in \\d+ ms");
        }
    }

    @Test
    void logsCancelledJobs() {
        try (LogLines log = new LogLines(Level.INFO)) {
            String job = submitted("S00339218", origin + "/slow.png");
            client.post("/api/jobs/" + job + "/cancel", "");
            client.post("/api/jobs/" + job + "/cancel", "");

            assertThat(messages(log, job, 2).getLast())
                    .matches("job " + job + " cancelled: 0 images succeeded, 0 failed, 1 cancelled, in \\d+ ms");
        }
    }

    @Test
    @SameOnAnyStorage
    void logsImagesWithTheirJobInTheContext() {
        try (LogLines log = new LogLines(Level.DEBUG)) {
            String job = submitted("S00339218", origin + "/missing.png");
            client.finished(job);

            assertThat(messages(log, job, 3)).anyMatch(line -> line.startsWith("image 0 of job " + job + " failed: "));
        }
    }

    @Test
    @SameOnAnyStorage
    void logsNoSecretsOfUrls() {
        String token = "?token=hush-hush";
        String nobody = "http://localhost:" + ServiceProcess.lastingPort() + "/";
        String elsewhere = origin.replace("http://", "http://user:hush-hush@");
        stubFor(get(urlPathEqualTo("/no-image")).willReturn(aResponse().withBody("hello")));
        stubFor(get(urlPathEqualTo("/malformed"))
                .willReturn(aResponse().withStatus(302).withHeader("Location", "http://user:hush-hush@[::/" + token)));
        stubFor(get(urlPathEqualTo("/to-login"))
                .willReturn(aResponse().withStatus(302).withHeader("Location", elsewhere + "/missing" + token)));
        stubFor(get(urlPathEqualTo("/to-nowhere"))
                .willReturn(aResponse().withStatus(302).withHeader("Location", nobody + token)));
        stubFor(get(urlPathEqualTo("/to-itself"))
                .willReturn(aResponse().withStatus(302).withHeader("Location", "/to-itself" + token)));
        List<String> urls = List.of(
                origin + "/missing" + token,
                origin + "/no-image" + token,
                origin + "/malformed" + token,
                origin + "/to-login" + token,
                origin + "/to-nowhere" + token,
                origin + "/to-itself" + token,
                elsewhere + "/missing",
                nobody + token,
                "http://no-such-host.invalid/" + token,
                origin.replace("http:", "https:") + "/" + token,
                "http://user:hush-hush@a b/" + token,
                "ftp://user:hush-hush@a/" + token);
        try (LogLines log = new LogLines(Level.DEBUG)) {
            String job = submitted("S00339218", urls.toArray(String[]::new));
            client.finished(job);

            assertThat(messages(log, job, urls.size() + 2))
                    .filteredOn(line -> line.startsWith("image "))
                    .hasSize(urls.size());
            assertThat(log.text())
                    .contains("failed: HttpStatus", "failed: ConnectFailure", "java.net.ConnectException")
                    .doesNotContain("hush-hush");
        }
    }

    private String submitted(String store, String... urls) {
        return client.submitted(
                """
                {"count": 1, "visits": [{"store_id": "%s", "visit_time": "2023-03-15", "image_url": [%s]}]}
                """.formatted(store, Stream.of(urls).map(url -> '"' + url + '"').collect(joining(","))));
    }

    /** Waits for the given number of lines about a job, and for all lines of a later job, to detect further ones. */
    private List<String> messages(LogLines log, String job, int count) {
        awaitLines(log, job, count);
        awaitLines(log, submitted("unknown", "http://a/"), 2);
        assertThat(log.of(job)).hasSize(count);
        return log.of(job).stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private static void awaitLines(LogLines log, String job, int count) {
        await().untilAsserted(() -> assertThat(log.of(job)).hasSizeGreaterThanOrEqualTo(count));
    }
}
