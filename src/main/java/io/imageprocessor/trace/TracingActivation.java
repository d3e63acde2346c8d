package io.imageprocessor.trace;

import io.imageprocessor.autoconfigure.AutoConfigurationSwitch;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.util.StringUtils;

/**
 * Turns tracing on if an endpoint is set and no switch of Spring Boot or OpenTelemetry turns it off.
 *
 * <p>Spring Boot's own switches turn off the export only: without an endpoint it still creates a tracer, calls it for
 * each request and prints a column for trace ids in the log. So this class also leaves out the auto-configurations.
 *
 * <p>Spring Boot creates one instance as a post-processor and another one as a filter.
 */
final class TracingActivation extends AutoConfigurationSwitch implements EnvironmentPostProcessor {

    /**
     * Spring Boot also sets it from {@code OTEL_EXPORTER_OTLP_TRACES_ENDPOINT} and {@code OTEL_EXPORTER_OTLP_ENDPOINT}.
     * These variables override all other settings, even those of the command line.
     */
    static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";

    /** Set from {@code OTEL_EXPORTER_OTLP_TRACES_PROTOCOL} and {@code OTEL_EXPORTER_OTLP_PROTOCOL} too. */
    private static final String TRANSPORT = "management.opentelemetry.tracing.export.otlp.transport";

    /**
     * In Spring Boot each of them turns off a part of tracing; here each turns off all of it. Spring Boot sets the
     * second to false for {@code OTEL_TRACES_EXPORTER=none}, and the third for {@code OTEL_SDK_DISABLED=true}.
     */
    private static final List<String> SWITCHES = List.of(
            "management.tracing.export.enabled",
            "management.tracing.export.otlp.enabled",
            "management.opentelemetry.enabled");

    /** OpenTelemetry's system property, which Spring Boot ignores. Only the value "true" disables. */
    private static final String SDK_DISABLED = "otel.sdk.disabled";

    private static final List<String> TRACING_PREFIXES = List.of(
            "io.imageprocessor.trace.",
            "org.springframework.boot.opentelemetry.autoconfigure.",
            "org.springframework.boot.micrometer.tracing.autoconfigure.",
            "org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.");

    /**
     * Never used: logs are not exported, and exemplars would look up the current trace at each count and each timing,
     * which happens many times per image.
     */
    private static final List<String> UNUSED_PREFIXES = List.of(
            "org.springframework.boot.opentelemetry.autoconfigure.logging.",
            "org.springframework.boot.micrometer.tracing.autoconfigure.prometheus.");

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        environment.getPropertySources().addLast(new CorrelationIdDefault(environment));
    }

    @Override
    protected List<String> unneededPrefixes(Environment environment) {
        if (!isOn(environment)) {
            return TRACING_PREFIXES;
        }
        if (!isHttpUrl(environment.getRequiredProperty(ENDPOINT))) {
            throw invalid(
                    environment,
                    ENDPOINT,
                    "must be a URL such as http://collector:4318/v1/traces;"
                            + " OTEL_EXPORTER_OTLP_TRACES_ENDPOINT and OTEL_EXPORTER_OTLP_ENDPOINT override it");
        }
        // Another transport needs another client library, which the jar does not contain.
        if (!environment.getProperty(TRANSPORT, "http").strip().equalsIgnoreCase("http")) {
            throw invalid(
                    environment,
                    TRANSPORT,
                    "must be http; OTEL_EXPORTER_OTLP_TRACES_PROTOCOL and OTEL_EXPORTER_OTLP_PROTOCOL override it,"
                            + " and must be http/protobuf");
        }
        return UNUSED_PREFIXES;
    }

    private static InvalidConfigurationPropertyValueException invalid(
            Environment environment, String setting, String reason) {
        return new InvalidConfigurationPropertyValueException(setting, environment.getProperty(setting), reason);
    }

    private static boolean isOn(Environment environment) {
        return StringUtils.hasText(environment.getProperty(ENDPOINT))
                && SWITCHES.stream().allMatch(setting -> environment.getProperty(setting, Boolean.class, true))
                && !"true".equalsIgnoreCase(environment.getProperty(SDK_DISABLED));
    }

    private static boolean isHttpUrl(String text) {
        try {
            URI uri = URI.create(text);
            return uri.getHost() != null && List.of("http", "https").contains(uri.getScheme());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Removes the column for trace ids from the log while tracing is off. Added before Spring Boot's own default, so it
     * takes precedence. It reads the settings at each call, because they are not loaded when it is added.
     */
    private static final class CorrelationIdDefault extends PropertySource<Object> {

        private final Environment environment;

        CorrelationIdDefault(Environment environment) {
            super("correlation id default");
            this.environment = environment;
        }

        @Override
        public @Nullable Object getProperty(String name) {
            boolean columnUnneeded = name.equals("logging.expect-correlation-id") && !isOn(environment);
            return columnUnneeded ? false : null;
        }
    }
}
