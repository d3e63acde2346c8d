package io.imageprocessor.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.SameOnAnyStorage;
import io.imageprocessor.ServiceTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.test.context.ActiveProfiles;

/** Runs the whole demo, with more GPU slots so that it is faster. */
@ServiceTest("imageprocessor.gpu.slots=36")
@ActiveProfiles("demo")
@SameOnAnyStorage
class DemoTest {

    private static final ByteArrayOutputStream PRINTED = new ByteArrayOutputStream();
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

    @LocalServerPort
    private int port;

    private List<String> lines = List.of();

    @TestConfiguration(proxyBeanMethods = false)
    static class Captured {

        @Bean
        @Primary
        Terminal captured() {
            return new Terminal(new PrintStream(PRINTED, true, UTF_8), false);
        }
    }

    @BeforeEach
    void awaitTheLastLine() {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> PRINTED.toString(UTF_8).endsWith("/actuator/health'" + System.lineSeparator()));
        lines = PRINTED.toString(UTF_8).lines().toList();
    }

    @Test
    void showsProgressUpToTheLastPhoto() {
        assertThat(lines).anyMatch(line -> line.startsWith("  36 of 36 photos "));
    }

    @Test
    void printsDimensionsOfEachPhotoInEachStore() {
        Map<String, List<String>> measured = lines.stream()
                .filter(line -> line.startsWith("S0") && line.endsWith("  ok"))
                .collect(groupingBy(line -> line.replaceFirst("S\\d+ +(\\S+).*", "$1")));

        assertThat(measured).hasSameSizeAs(DemoPhotos.ALL);
        for (DemoPhotos.Photo photo : DemoPhotos.ALL) {
            assertThat(measured.get(photo.name()))
                    .hasSizeGreaterThanOrEqualTo(4)
                    .allMatch(line -> line.matches("S\\d{8} +%s +%d +%d +%d +\\d+  ok"
                            .formatted(
                                    photo.name(),
                                    photo.width(),
                                    photo.height(),
                                    2 * (photo.width() + photo.height()))));
        }
    }

    @Test
    void printsFailedImagesWithTheirCause() {
        assertThat(lines.stream().filter(line -> line.matches("S\\d.*") && !line.endsWith("  ok")))
                .satisfiesExactly(
                        line -> assertThat(line)
                                .matches("S00339218 +aisle-9.jpg +- +- +- +\\d+  http_status: the origin answered 404"),
                        line -> assertThat(line)
                                .matches("S99999999 +snacks.png +- +- +- +-  store_not_found: store not found"));
    }

    @Test
    void endsWithTheStatusOfBothJobs() {
        assertThat(lines.stream().filter(line -> line.startsWith("{")))
                .satisfiesExactly(
                        completed -> assertThat(completed).matches("\\{\"status\":\"completed\",\"job_id\":\\d+}"),
                        failed -> assertThat(failed)
                                .startsWith("{\"status\":\"failed\",\"job_id\":")
                                .endsWith("\"error\":[{\"store_id\":\"S00339218\","
                                        + "\"error\":\"the origin answered 404 (1 of 3 images failed)\"},"
                                        + "{\"store_id\":\"S99999999\",\"error\":\"store not found\"}]}"));
    }

    @Test
    void printsThreeCallsThatWork() throws Exception {
        List<String> curls =
                lines.stream().filter(line -> line.startsWith("curl ")).toList();
        assertThat(curls).hasSize(3).allMatch(line -> line.contains("http://localhost:" + port + "/"));

        HttpResponse<String> submitted = call(curls.get(0));
        assertThat(submitted.statusCode()).isEqualTo(201);
        assertThat(submitted.body()).matches("\\{\"job_id\":\\d+}");
        String status = submitted.headers().firstValue("Location").orElseThrow();
        await().untilAsserted(() -> assertThat(
                        call("curl 'http://localhost:" + port + status + "'").body())
                .startsWith("{\"status\":\"completed\""));

        assertThat(call(curls.get(1)).body()).startsWith("{\"status\":\"failed\"");
        assertThat(call(curls.get(2)).statusCode()).isEqualTo(200);
        assertThat(call(curls.get(2)).body()).contains("\"status\":\"UP\"");
    }

    @Test
    void linesAreAtMost100CharactersWide() {
        assertThat(lines.stream().filter(line -> !line.startsWith("curl ") && !line.startsWith("{")))
                .allMatch(line -> line.length() <= 100);
    }

    /** Makes the HTTP call of a curl command; supports quotes, -H, -d and the URL. */
    private static HttpResponse<String> call(String curl) throws IOException, InterruptedException {
        List<String> words = WORD.matcher(curl)
                .results()
                .map(match -> match.group(1) == null ? match.group(2) : match.group(1))
                .toList();
        HttpRequest.Builder request = HttpRequest.newBuilder();
        for (int i = 1; i < words.size(); i++) {
            switch (words.get(i)) {
                case "-H" -> {
                    String[] header = words.get(++i).split(": ", 2);
                    request.header(header[0], header[1]);
                }
                case "-d" -> request.POST(HttpRequest.BodyPublishers.ofString(words.get(++i)));
                default -> request.uri(URI.create(words.get(i)));
            }
        }
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }
}
