package io.imageprocessor.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.imageprocessor.ImageProcessorApplication;
import io.imageprocessor.ServiceProcess;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Min;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

@ExtendWith(OutputCaptureExtension.class)
public class StartFailureReporterTest {

    @Test
    void reportsMissingStoreMaster(CapturedOutput output) {
        assertThat(whyServiceDoesNotStart(output, "imageprocessor.store-master=/no/such.csv"))
                .isEqualTo("/no/such.csv: no such file");
    }

    @Test
    void reportsFileAndLineOfAnInvalidStore(CapturedOutput output, @TempDir Path folder) throws IOException {
        Path file =
                Files.writeString(folder.resolve("stores.csv"), "AreaCode,StoreName,StoreID\n1,a,S1\n2,b,S2\n3,c,S1\n");
        assertThat(whyServiceDoesNotStart(output, "imageprocessor.store-master=" + file))
                .isEqualTo(file + ", line 4: duplicate store id S1 (first on line 2)");
    }

    @Test
    void reportsBlankSetting(CapturedOutput output) {
        assertThat(whyServiceDoesNotStart(output, "imageprocessor.store-master="))
                .isEqualTo("imageprocessor.store-master must not be blank");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    .allowed-ports=443,65536 | .allowed-ports must be less than or equal to 65535, but is 443,65536
                    .allowed-ports=80,https | .allowed-ports must be a whole number of at most 2147483647, but is https
                    .allowed-hosts=a.example,b.org:80 | : allowed-hosts: 'b.org:80' is neither a host nor *.domain
                    .denied-hosts=http://a.example | : denied-hosts: 'http://a.example' is neither a host nor *.domain
                    """)
    void reportsInvalidPortOrHostOfAList(String setting, String reason, CapturedOutput output) {
        assertThat(whyServiceDoesNotStart(output, "imageprocessor.download" + setting))
                .isEqualTo("imageprocessor.download" + reason);
    }

    @Test
    void reportsASettingOfSpringBootWithTheValueOfItsPlaceholder(CapturedOutput output) {
        assertThat(whyServiceDoesNotStart(output, "PORT=abc"))
                .isEqualTo("server.port must be a whole number of at most 2147483647, but is abc");
    }

    @Test
    void reportsPortInUse(CapturedOutput output) throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            assertThat(whyServiceDoesNotStart(output, "server.port=" + taken.getLocalPort()))
                    .isEqualTo("port " + taken.getLocalPort() + " is already in use");
        }
    }

    @Test
    void reportsPortOutOfRange(CapturedOutput output) {
        assertThat(whyServiceDoesNotStart(output, "server.port=99999"))
                .isEqualTo("the web server cannot listen on server.address and server.port: port out of range:99999");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    disk | imageprocessor.storage must be memory or postgres, but is disk
                    post-gres | imageprocessor.storage must be memory or postgres
                         | imageprocessor.storage must be memory or postgres
                    """)
    void reportsUnknownStorage(@Nullable String storage, String reason, CapturedOutput output) {
        assertThat(whyServiceDoesNotStart(output, "imageprocessor.storage=" + Objects.toString(storage, "")))
                .isEqualTo(reason);
    }

    @Test
    void reportsInvalidTraceEndpointWithoutItsPassword(CapturedOutput output) {
        assertThat(whyServiceDoesNotStart(
                        output, "management.opentelemetry.tracing.export.otlp.endpoint=user:secret@collector"))
                .isEqualTo("management.opentelemetry.tracing.export.otlp.endpoint"
                        + " must be a URL such as http://collector:4318/v1/traces; OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
                        + " and OTEL_EXPORTER_OTLP_ENDPOINT override it");
    }

    @Test
    void reportsUnsupportedTraceTransport(CapturedOutput output) {
        assertThat(whyServiceDoesNotStart(
                        output,
                        "management.opentelemetry.tracing.export.otlp.endpoint=http://localhost:4317",
                        "management.opentelemetry.tracing.export.otlp.transport=grpc"))
                .isEqualTo("management.opentelemetry.tracing.export.otlp.transport must be http;"
                        + " OTEL_EXPORTER_OTLP_TRACES_PROTOCOL and OTEL_EXPORTER_OTLP_PROTOCOL override it, and must be"
                        + " http/protobuf");
    }

    @Test
    void reportsAnAddressOfAnotherMachine(CapturedOutput output) {
        assertThat(whyServiceDoesNotStart(output, "server.address=203.0.113.9"))
                .startsWith("the web server cannot listen on server.address and server.port: ")
                .endsWith("assign requested address");
    }

    @Test
    void reportsASettingThatIsReadByName(CapturedOutput output) {
        assertThat(whyServiceDoesNotStart(output, "management.server.port=x"))
                .isEqualTo("management.server.port must be a whole number of at most 2147483647, but is x");
    }

    @Test
    void logsTheStackTraceAtDebugLevel(CapturedOutput output) {
        assertThatThrownBy(() -> start(Demo.class, "demo.slots=0", "logging.level.io.imageprocessor=debug"))
                .isNotNull();
        assertThat(output).contains("cannot start, stack trace").contains("\tat ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    slots=0          | demo.slots must be greater than or equal to 1, but is 0
                    slots=${N:-7}    | demo.slots must be greater than or equal to 1, but is -7
                    slots=many       | demo.slots must be a whole number of at most 2147483647, but is many
                    slots=99999999999| demo.slots must be a whole number of at most 2147483647, but is 99999999999
                    slots=${NOWHERE} | demo.slots must be a whole number of at most 2147483647, but is ${NOWHERE}
                    max-images=1.5   | demo.max-images must be a whole number, but is 1.5
                    share=half       | demo.share must be a number, but is half
                    ready=perhaps    | demo.ready must be true or false, but is perhaps
                    fetch-mode=all   | demo.fetch-mode must be full or header-only, but is all
                    min-time=soon    | demo.min-time must be a duration such as 500ms, 10s or 24h, but is soon
                    min-time=-1s     | demo.min-time must be longer than or equal to 0, but is -1s
                    max-bytes=big    | demo.max-bytes must be a size such as 512KB or 64MB, but is big
                    min-time=2s      | demo: min-time must not be longer than max-time
                    max-images=-1    | demo: max-images must not be negative
                    inner.max-hops=0 | demo.inner.max-hops must be greater than or equal to 1, but is 0
                    """)
    void reportsTheSettingAndItsInvalidValue(String setting, String reason, CapturedOutput output) {
        assertThat(whyDemoDoesNotStart(output, "demo." + setting)).isEqualTo(reason);
    }

    @Test
    void reportsSeveralInvalidSettingsOnOneLine(CapturedOutput output) {
        assertThat(whyDemoDoesNotStart(output, "demo.slots=0", "demo.min-time=-1s"))
                .isEqualTo("demo.min-time must be longer than or equal to 0, but is -1s; "
                        + "demo.slots must be greater than or equal to 1, but is 0");
    }

    @Test
    void reportsAValueWithLineBreaksOnOneLine(CapturedOutput output) {
        assertThat(whyDemoDoesNotStart(output, "demo.slots=a\nERROR b"))
                .isEqualTo("demo.slots must be a whole number of at most 2147483647, but is a ERROR b");
    }

    @Test
    void leavesOtherFailuresToSpringBoot(CapturedOutput output) {
        assertThatThrownBy(() -> start(Broken.class)).hasRootCauseMessage("broken");
        assertThat(output).contains("Application run failed").doesNotContain("cannot start");
    }

    @Test
    void endsTheProcessWithCodeOneAndOneLogLine(@TempDir Path folder) throws Exception {
        Path log = folder.resolve("service.log");
        try (ServiceProcess service =
                ServiceProcess.launch(log, 0, List.of(), List.of("imageprocessor.store-master=/no/such.csv"))) {
            assertThat(service.exitCode(Duration.ofSeconds(60))).isEqualTo(1);
        }
        assertThat(Files.readAllLines(log).stream().filter(line -> !line.contains(" INFO ")))
                .singleElement()
                .asString()
                .contains("cannot start: /no/such.csv: no such file");
    }

    public static String whyServiceDoesNotStart(CapturedOutput output, String... settings) {
        return reason(output, ImageProcessorApplication.class, settings);
    }

    private static String whyDemoDoesNotStart(CapturedOutput output, String... settings) {
        return reason(output, Demo.class, settings);
    }

    /** Starts the application and returns the text of the only log line above INFO. */
    private static String reason(CapturedOutput output, Class<?> source, String... settings) {
        assertThatThrownBy(() -> start(source, settings)).isNotNull();
        List<String> lines =
                output.getAll().lines().filter(line -> !line.contains(" INFO ")).toList();
        assertThat(lines)
                .singleElement()
                .asString()
                .contains(" ERROR ", "cannot start: ")
                .doesNotContain("java.");
        return lines.getFirst().replaceFirst(".*cannot start: ", "");
    }

    private static void start(Class<?> source, String... settings) {
        SpringApplication application = new SpringApplication(source);
        application.setDefaultProperties(Map.of("PORT", "0"));
        List<String> arguments = new ArrayList<>();
        if (source != ImageProcessorApplication.class) {
            application.setWebApplicationType(WebApplicationType.NONE);
            // The counterpart of a setting in application.yaml for the context of the service.
            arguments.add("--logging.level." + AnnotationConfigApplicationContext.class.getName() + "=error");
        }
        Stream.of(settings).map(setting -> "--" + setting).forEach(arguments::add);
        application.run(arguments.toArray(String[]::new)).close();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(DemoSettings.class)
    static class Demo {}

    @Configuration(proxyBeanMethods = false)
    static class Broken {

        Broken() {
            throw new IllegalStateException("broken");
        }
    }

    enum FetchMode {
        FULL,
        HEADER_ONLY
    }

    /** One setting of each type that the modules use. */
    @Validated
    @ConfigurationProperties("demo")
    record DemoSettings(
            @DefaultValue("256") @Min(1) int slots,
            @DefaultValue("10") long maxImages,
            @DefaultValue("0.5") double share,
            @DefaultValue("true") boolean ready,
            @DefaultValue("full") FetchMode fetchMode,
            @DefaultValue("100ms") @DurationMin Duration minTime,
            @DefaultValue("400ms") Duration maxTime,
            @DefaultValue("64MB") DataSize maxBytes,
            @DefaultValue @Valid Inner inner) {

        DemoSettings {
            if (maxImages < 0) {
                throw new IllegalArgumentException("max-images must not be negative");
            }
        }

        record Inner(@DefaultValue("5") @Min(1) int maxHops) {}

        @AssertTrue(message = "min-time must not be longer than max-time")
        boolean isOrdered() {
            return minTime.compareTo(maxTime) <= 0;
        }
    }
}
