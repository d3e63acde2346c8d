package io.imageprocessor.trace;

import java.net.URI;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.EnvironmentAware;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Keeps traces exactly if there is an endpoint to send them to, and nothing says that they are off. Otherwise Spring
 * Boot would make tracers all the same, ask them with each call, and leave room for ids of traces in each line of the
 * log. Metrics and logs are never sent.
 *
 * <p>Spring Boot finds it through {@code META-INF/spring.factories}, and makes one to prepare the settings and another
 * to choose what is configured; as a condition, it is met if there are traces.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class TracingActivation
        implements EnvironmentPostProcessor, AutoConfigurationImportFilter, EnvironmentAware, Condition {

    /**
     * Also what {@code OTEL_EXPORTER_OTLP_TRACES_ENDPOINT} and {@code OTEL_EXPORTER_OTLP_ENDPOINT} come to: Spring Boot
     * puts such variables before all other settings, those of the command line too.
     */
    static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";

    /** Also what {@code OTEL_EXPORTER_OTLP_TRACES_PROTOCOL} and {@code OTEL_EXPORTER_OTLP_PROTOCOL} come to. */
    private static final String TRANSPORT = "management.opentelemetry.tracing.export.otlp.transport";

    /**
     * Each of them, if false, takes a part of the traces away in Spring Boot, and all of them here. Spring Boot sets
     * {@code otlp.enabled} to false for {@code OTEL_TRACES_EXPORTER=none}, and {@code opentelemetry.enabled} for
     * {@code OTEL_SDK_DISABLED=true}.
     */
    private static final List<String> SWITCHES = List.of(
            "management.tracing.export.enabled",
            "management.tracing.export.otlp.enabled",
            "management.opentelemetry.enabled");

    /** OpenTelemetry's own property, which Spring Boot does not know; nothing but "true" is true. */
    private static final String SDK_DISABLED = "otel.sdk.disabled";

    /** By it Spring Boot decides whether lines of the log have a place for the trace. */
    private static final String ROOM_IN_THE_LOG = "logging.expect-correlation-id";

    private static final List<String> FOR_TRACES = List.of(
            "org.springframework.boot.opentelemetry.autoconfigure.",
            "org.springframework.boot.micrometer.tracing.autoconfigure.",
            "org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.");

    /**
     * The second would look for the current trace with each count and each time that is measured, many for an image.
     */
    private static final List<String> NEVER = List.of(
            "org.springframework.boot.opentelemetry.autoconfigure.logging.",
            "org.springframework.boot.micrometer.tracing.autoconfigure.prometheus.");

    private boolean on;

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        environment.getPropertySources().addLast(new NoTraces(environment));
    }

    /** Comes before any bean, so that a bad endpoint is told as such. */
    @Override
    public void setEnvironment(Environment environment) {
        on = isOn(environment);
        if (on && !isUrl(environment.getRequiredProperty(ENDPOINT))) {
            throw refused(
                    environment,
                    ENDPOINT,
                    "must be a URL such as http://collector:4318/v1/traces; OTEL_EXPORTER_OTLP_TRACES_ENDPOINT and"
                            + " OTEL_EXPORTER_OTLP_ENDPOINT come before it");
        }
        // Another one would need a client of its own, which is not there.
        if (on && !environment.getProperty(TRANSPORT, "http").strip().equalsIgnoreCase("http")) {
            throw refused(
                    environment,
                    TRANSPORT,
                    "must be http; OTEL_EXPORTER_OTLP_TRACES_PROTOCOL and OTEL_EXPORTER_OTLP_PROTOCOL come before it, and"
                            + " must be http/protobuf");
        }
    }

    private static InvalidConfigurationPropertyValueException refused(
            Environment environment, String setting, String reason) {
        return new InvalidConfigurationPropertyValueException(setting, environment.getProperty(setting), reason);
    }

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        return isOn(context.getEnvironment());
    }

    @Override
    public boolean[] match(@Nullable String[] configurations, AutoConfigurationMetadata metadata) {
        boolean[] match = new boolean[configurations.length];
        for (int i = 0; i < match.length; i++) {
            match[i] = isWanted(configurations[i]);
        }
        return match;
    }

    /** Names of configurations that were left out before are null. */
    private boolean isWanted(@Nullable String configuration) {
        String name = Objects.requireNonNullElse(configuration, "");
        List<String> unwanted = on ? NEVER : FOR_TRACES;
        return unwanted.stream().noneMatch(name::startsWith);
    }

    /** Looks when it is asked, since the settings are not read yet when it is added. */
    private static final class NoTraces extends PropertySource<Object> {

        private final Environment environment;

        NoTraces(Environment environment) {
            super("no traces");
            this.environment = environment;
        }

        @Override
        public @Nullable Object getProperty(String name) {
            boolean withoutUse = name.equals(ROOM_IN_THE_LOG) && !isOn(environment);
            return withoutUse ? false : null;
        }
    }

    private static boolean isOn(Environment environment) {
        return StringUtils.hasText(environment.getProperty(ENDPOINT))
                && SWITCHES.stream().allMatch(setting -> environment.getProperty(setting, Boolean.class, true))
                && !"true".equalsIgnoreCase(environment.getProperty(SDK_DISABLED));
    }

    private static boolean isUrl(String text) {
        try {
            URI uri = URI.create(text);
            return uri.getHost() != null && List.of("http", "https").contains(uri.getScheme());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
