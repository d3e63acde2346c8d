package io.imageprocessor.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.mockito.Mockito.mock;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.logging.DeferredLogFactory;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetryEnvironmentVariableEnvironmentPostProcessor;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.util.ReflectionUtils;

class TracingActivationTest {

    private static final String BOOT = "org.springframework.boot.";
    private static final String[] TRACING = {
        TraceConfiguration.class.getName(),
        BOOT + "opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration",
        BOOT + "micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration",
        BOOT + "micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration"
    };
    private static final String[] UNUSED = {
        BOOT + "opentelemetry.autoconfigure.logging.otlp.OtlpLoggingAutoConfiguration",
        BOOT + "micrometer.tracing.autoconfigure.prometheus.PrometheusExemplarsAutoConfiguration"
    };
    private static final @Nullable String[] OTHERS = {
        null, BOOT + "micrometer.observation.autoconfigure.ObservationAutoConfiguration"
    };

    private static final String EXPECT_CORRELATION_ID = "logging.expect-correlation-id";

    private final MockEnvironment environment = new MockEnvironment();
    private final TracingActivation tracing = new TracingActivation();

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " "})
    void isOffWithoutAnEndpoint(@Nullable String endpoint) {
        configure(endpoint);

        assertThat(tracing.match(TRACING, mock())).containsOnly(false);
        assertThat(tracing.match(UNUSED, mock())).containsOnly(false);
        assertThat(tracing.match(OTHERS, mock())).containsOnly(true);
    }

    @Test
    void isOnWithAnEndpointAndExportsOnlySpans() {
        configure("https://collector/v1/traces");

        assertThat(tracing.match(TRACING, mock())).containsOnly(true);
        assertThat(tracing.match(UNUSED, mock())).containsOnly(false);
        assertThat(tracing.match(OTHERS, mock())).containsOnly(true);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "management.tracing.export.enabled=false",
                "management.tracing.export.enabled=off",
                "management.tracing.export.otlp.enabled=false",
                "management.opentelemetry.enabled=false",
                "otel.sdk.disabled=true",
                "otel.sdk.disabled=TRUE"
            })
    void isOffIfASwitchIsOff(String setting) {
        set(setting);
        configure("https://collector/v1/traces");

        assertThat(tracing.match(TRACING, mock())).containsOnly(false);
        assertThat(environment.getProperty(EXPECT_CORRELATION_ID)).isEqualTo("false");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "management.tracing.export.enabled=true",
                "management.tracing.export.otlp.enabled=true",
                "management.opentelemetry.enabled=true",
                "otel.sdk.disabled=false",
                // OpenTelemetry's rule for other values:
                // https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables
                "otel.sdk.disabled=1"
            })
    void isOnIfASwitchIsOn(String setting) {
        set(setting);
        configure("https://collector/v1/traces");

        assertThat(tracing.match(TRACING, mock())).containsOnly(true);
        assertThat(environment.getProperty(EXPECT_CORRELATION_ID)).isNull();
    }

    @Test
    void isOffIfOneOfTwoSwitchesIsOff() {
        set("management.tracing.export.enabled=true");
        set("management.tracing.export.otlp.enabled=false");
        configure("https://collector/v1/traces");

        assertThat(tracing.match(TRACING, mock())).containsOnly(false);
    }

    @Test
    void removesTheColumnForTraceIdsFromTheLogWhileOff() {
        tracing.postProcessEnvironment(environment, mock());

        assertThat(environment.getProperty(EXPECT_CORRELATION_ID)).isEqualTo("false");
        // The settings are loaded after the post-processor ran.
        environment.setProperty(TracingActivation.ENDPOINT, "https://collector/v1/traces");
        assertThat(environment.getProperty(EXPECT_CORRELATION_ID)).isNull();
    }

    @Test
    void acceptsAnInvalidEndpointWhileOff() {
        set("otel.sdk.disabled=true");

        assertThatNoException().isThrownBy(() -> configure("collector:4318"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"collector:4318", "ftp://collector", "http://", "http://a b"})
    void rejectsAnEndpointThatIsNoHttpUrl(String endpoint) {
        assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
                .isThrownBy(() -> configure(endpoint))
                .withMessageContaining("must be a URL");
    }

    @ParameterizedTest
    @CsvSource({
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, http://collector:4318/anywhere, http://collector:4318/anywhere",
        "OTEL_EXPORTER_OTLP_ENDPOINT, http://collector:4318, http://collector:4318/v1/traces",
        "OTEL_EXPORTER_OTLP_ENDPOINT, http://collector:4318/, http://collector:4318/v1/traces",
        "OTEL_EXPORTER_OTLP_ENDPOINT, https://collector/tenant, https://collector/tenant/v1/traces"
    })
    void isOnWithAnEndpointOfTheEnvironmentWhichOverridesTheSetting(String variable, String value, String endpoint)
            throws Exception {
        environment.setProperty(TracingActivation.ENDPOINT, "https://elsewhere/v1/traces");
        map(Map.of(variable, value));
        configure(null);

        assertThat(tracing.match(TRACING, mock())).containsOnly(true);
        assertThat(tracing.match(UNUSED, mock())).containsOnly(false);
        assertThat(environment.getProperty(TracingActivation.ENDPOINT)).isEqualTo(endpoint);
    }

    /** Platforms set such variables for all programs. */
    @ParameterizedTest
    @CsvSource({
        "OTEL_EXPORTER_OTLP_PROTOCOL, grpc",
        "OTEL_EXPORTER_OTLP_HEADERS, api-key=secret",
        "OTEL_TRACES_SAMPLER, always_on",
        "OTEL_TRACES_EXPORTER, otlp",
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT, http://collector:4318/v1/metrics",
        "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT, http://collector:4318/v1/logs",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, ''"
    })
    void isOffWithOtherVariablesOfTheEnvironment(String variable, String value) throws Exception {
        map(Map.of(variable, value));
        configure(null);

        assertThat(tracing.match(TRACING, mock())).containsOnly(false);
        assertThat(tracing.match(UNUSED, mock())).containsOnly(false);
        assertThat(environment.getProperty(EXPECT_CORRELATION_ID)).isEqualTo("false");
    }

    @ParameterizedTest
    @CsvSource({
        "OTEL_SDK_DISABLED, true",
        "OTEL_TRACES_EXPORTER, none",
        // Spring Boot supports no other exporter than OTLP.
        "OTEL_TRACES_EXPORTER, console"
    })
    void isOffIfTheEnvironmentTurnsItOff(String variable, String value) throws Exception {
        map(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317", variable, value));
        configure(null);

        assertThat(tracing.match(TRACING, mock())).containsOnly(false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http/protobuf", "HTTP/protobuf", "http/json"})
    void usesHttpUnlessTheEnvironmentSelectsGrpc(String protocol) throws Exception {
        map(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318", "OTEL_EXPORTER_OTLP_PROTOCOL", protocol));

        assertThatNoException().isThrownBy(() -> configure(null));
    }

    @Test
    void rejectsGrpcAndNamesTheVariablesThatSelectIt() throws Exception {
        // Has no effect: the environment overrides the setting.
        set("management.opentelemetry.tracing.export.otlp.transport=http");
        map(Map.of("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"));

        assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
                .isThrownBy(() -> configure("http://collector:4317"))
                .withMessageContaining("must be http;")
                .withMessageContaining("OTEL_EXPORTER_OTLP_PROTOCOL");
    }

    @Test
    void prefersTheProtocolForTracesToTheGeneralOne() throws Exception {
        map(Map.of("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"));

        assertThatNoException().isThrownBy(() -> configure("http://collector:4318/v1/traces"));
    }

    @Test
    void rejectsAnEndpointOfTheEnvironmentThatIsNoUrlAndNamesTheVariable() throws Exception {
        map(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317"));

        assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
                .isThrownBy(() -> configure(null))
                .withMessageContaining("OTEL_EXPORTER_OTLP_ENDPOINT");
    }

    /**
     * Maps variables to settings as Spring Boot does. Uses reflection, because a test cannot set variables of its
     * process, and Spring Boot's constructor for other variables is not public.
     */
    private void map(Map<String, String> variables) throws ReflectiveOperationException {
        DeferredLogFactory logs = Supplier::get;
        Method forMap = Class.forName(BOOT + "opentelemetry.autoconfigure.OpenTelemetryEnvironmentVariables")
                .getDeclaredMethod("forMap", DeferredLogFactory.class, Map.class);
        ReflectionUtils.makeAccessible(forMap);
        Constructor<OpenTelemetryEnvironmentVariableEnvironmentPostProcessor> mapping =
                OpenTelemetryEnvironmentVariableEnvironmentPostProcessor.class.getDeclaredConstructor(
                        DeferredLogFactory.class, forMap.getReturnType());
        ReflectionUtils.makeAccessible(mapping);
        mapping.newInstance(logs, forMap.invoke(null, logs, variables)).postProcessEnvironment(environment, mock());
    }

    private void set(String setting) {
        environment.setProperty(
                setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1));
    }

    private void configure(@Nullable String endpoint) {
        if (endpoint != null) {
            environment.setProperty(TracingActivation.ENDPOINT, endpoint);
        }
        tracing.postProcessEnvironment(environment, mock());
        tracing.setEnvironment(environment);
    }
}
