package io.imageprocessor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With {@code storage=memory} and without tracing, no class for a database or for tracing is loaded. */
class MemoryStorageTest {

    private static final List<String> DATABASE_PREFIXES = List.of(
            "org.postgresql.",
            "com.zaxxer.hikari.",
            "org.flywaydb.",
            "com.github.kagkarlsson.",
            "org.springframework.jdbc.",
            "io.zonky.",
            "io.imageprocessor.postgres.");

    private static final List<String> TRACING_PREFIXES = List.of(
            "io.opentelemetry.sdk.",
            "io.opentelemetry.exporter.",
            "io.micrometer.tracing.handler.",
            "io.micrometer.tracing.exporter.",
            "io.imageprocessor.trace.");

    private static List<String> loaded = List.of();

    @BeforeAll
    static void runAJob(@TempDir Path folder) throws Exception {
        Path log = folder.resolve("classes.log");
        try (ServiceProcess service = ServiceProcess.start(
                folder, List.of("-Xlog:class+load:file=" + log + "::filecount=0"), "imageprocessor.storage=memory")) {
            service.client.finished(service.client.submitted("""
                    {"count": 1, "visits": [{"store_id": "S00339218", "visit_time": "2023-03-15", "image_url": ["x"]}]}
                    """));

            // Before the service stops: Tomcat then makes the JDK load every JDBC driver, to deregister it.
            loaded = loaded(log);
        }
        assertThat(loaded).contains("io.imageprocessor.memory.InMemoryJobStore");
    }

    @Test
    void loadsNoClassForADatabase() {
        assertThat(loaded)
                .filteredOn(name -> DATABASE_PREFIXES.stream().anyMatch(name::startsWith))
                .containsExactly("io.imageprocessor.postgres.PostgresAutoConfigurations");
    }

    @Test
    void loadsNoClassThatCreatesOrExportsSpans() {
        assertThat(loaded)
                .filteredOn(name -> TRACING_PREFIXES.stream().anyMatch(name::startsWith))
                .containsExactlyInAnyOrder(
                        "io.imageprocessor.trace.TracingActivation",
                        "io.imageprocessor.trace.TracingActivation$CorrelationIdDefault");
        assertThat(loaded).doesNotContain("io.imageprocessor.queue.TracedExecution");
    }

    private static List<String> loaded(Path log) throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> !line.contains("$$Lambda"))
                    .map(line -> line.replaceFirst("^.*\\] (\\S+) source: .*", "$1"))
                    .toList();
        }
    }
}
