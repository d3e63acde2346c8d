package io.imageprocessor.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.mock.env.MockEnvironment;

class TracingSwitchTest {

    private static final String BOOT = "org.springframework.boot.";
    private static final String[] FOR_TRACES = {
        BOOT + "opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration",
        BOOT + "micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration",
        BOOT + "micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration"
    };
    private static final String[] NEVER = {
        BOOT + "opentelemetry.autoconfigure.logging.otlp.OtlpLoggingAutoConfiguration",
        BOOT + "micrometer.tracing.autoconfigure.prometheus.PrometheusExemplarsAutoConfiguration"
    };
    private static final @Nullable String[] OTHERS = {
        null, BOOT + "micrometer.observation.autoconfigure.ObservationAutoConfiguration"
    };

    private final MockEnvironment environment = new MockEnvironment();
    private final TracingSwitch tracing = new TracingSwitch();

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " "})
    void isOffWithoutAnEndpoint(@Nullable String endpoint) {
        configure(endpoint);

        assertThat(tracing.match(FOR_TRACES, mock())).containsOnly(false);
        assertThat(tracing.match(NEVER, mock())).containsOnly(false);
        assertThat(tracing.match(OTHERS, mock())).containsOnly(true);
    }

    @Test
    void isOnWithOneAndSendsNothingElse() {
        configure("https://collector/v1/traces");

        assertThat(tracing.match(FOR_TRACES, mock())).containsOnly(true);
        assertThat(tracing.match(NEVER, mock())).containsOnly(false);
        assertThat(tracing.match(OTHERS, mock())).containsOnly(true);
    }

    @Test
    void isOffWhereItIsSaidToBe() {
        environment.setProperty("management.tracing.export.enabled", "false");
        configure("https://collector/v1/traces");

        assertThat(tracing.match(FOR_TRACES, mock())).containsOnly(false);
    }

    /** Or each line of the log would have a column of blanks. */
    @Test
    void leavesNoRoomInTheLogForTracesThatThereAreNot() {
        tracing.postProcessEnvironment(environment, mock());

        assertThat(environment.getProperty("management.tracing.export.enabled")).isEqualTo("false");
        // The settings are read after that.
        environment.setProperty(TracingSwitch.ENDPOINT, "https://collector/v1/traces");
        assertThat(environment.getProperty("management.tracing.export.enabled")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"collector:4318", "ftp://collector", "http://", "http://a b"})
    void refusesAnEndpointThatNothingCanBeSentTo(String endpoint) {
        assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
                .isThrownBy(() -> configure(endpoint))
                .withMessageContaining("must be a URL");
    }

    private void configure(@Nullable String endpoint) {
        if (endpoint != null) {
            environment.setProperty(TracingSwitch.ENDPOINT, endpoint);
        }
        tracing.postProcessEnvironment(environment, mock());
        tracing.setEnvironment(environment);
    }
}
