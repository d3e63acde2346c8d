package io.imageprocessor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** With {@code logging.structured.format.console}, every line of the output is a JSON object. */
class StructuredLogTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    @TempDir
    Path folder;

    /** Spring Boot writes the formats, so the quick build checks only one of them. */
    static Stream<Arguments> formats() {
        return Stream.of(
                        arguments("ecs", "message", "trace.id"),
                        arguments("logstash", "message", "trace.id"),
                        arguments("gelf", "short_message", "_traceId"))
                .limit(Proofs.count("log.formats", 1, 3));
    }

    @ParameterizedTest
    @MethodSource("formats")
    void everyLineOfARunIsJson(String format, String message, String traceId) throws Exception {
        try (ServiceProcess service = ServiceProcess.start(
                folder,
                "logging.structured.format.console=" + format,
                "logging.level.io.imageprocessor=debug",
                "management.opentelemetry.tracing.export.otlp.endpoint=http://localhost:1/v1/traces")) {
            String job = service.client
                    .post("/api/submit", """
                            {"count": 1, "visits": [
                              {"store_id": "S00339218", "visit_time": "2023-03-15", "image_url": ["x"]}]}
                            """, "traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01")
                    .body()
                    .replaceAll("\\D", "");
            service.client.finished(job);
            service.terminate();
            service.exitCode();

            List<JsonNode> lines = objects(service.log());

            assertThat(lines)
                    .extracting(line -> line.path(message).stringValue())
                    .anyMatch(text -> text.startsWith("Started ImageProcessorApplication"))
                    .anyMatch(text -> text.startsWith("job " + job + " accepted"))
                    .anyMatch(text -> text.startsWith("image 0 of job " + job + " failed"))
                    .anyMatch(text -> text.startsWith("stopped; unfinished"));
            String jobId = format.equals("gelf") ? "_job_id" : "job_id";
            assertThat(lines.stream().filter(line -> line.has(jobId)))
                    .hasSize(3)
                    .allSatisfy(line -> {
                        assertThat(line.path(jobId).asString()).isEqualTo(job);
                        assertThat(line.path(traceId).asString()).isEqualTo(TRACE);
                    });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"imageprocessor.store-master=/no/such.csv", "imageprocessor.gpu.slots=0"})
    void everyLineOfAFailedStartIsJson(String setting) throws Exception {
        Path log = folder.resolve("failed.log");
        try (ServiceProcess service =
                ServiceProcess.launch(log, 0, List.of(), List.of("logging.structured.format.console=ecs", setting))) {
            assertThat(service.exitCode(Duration.ofSeconds(60))).isEqualTo(1);

            assertThat(objects(service.log()).getLast().path("message").stringValue())
                    .startsWith("cannot start: ");
        }
    }

    private static List<JsonNode> objects(String log) {
        return log.lines()
                .map(line -> {
                    JsonNode object = JsonMapper.shared().readTree(line);
                    assertThat(object.isObject()).as(line).isTrue();
                    return object;
                })
                .toList();
    }
}
