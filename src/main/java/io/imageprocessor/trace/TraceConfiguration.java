package io.imageprocessor.trace;

import io.micrometer.observation.ObservationFilter;
import io.micrometer.tracing.exporter.FinishedSpan;
import io.micrometer.tracing.exporter.SpanExportingPredicate;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.util.UUID;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.SdkTracerProviderBuilderCustomizer;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.*;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Decides which spans are exported, and what they contain. It is an auto-configuration, so {@link TracingActivation}
 * leaves it out together with those of Spring Boot.
 */
@AutoConfiguration
class TraceConfiguration {

    /** Source: OpenTelemetry's semantic conventions, "Service". */
    private static final AttributeKey<String> INSTANCE = AttributeKey.stringKey("service.instance.id");

    /** Drops the spans of scheduled tasks and of actuator endpoints, which would be most of all spans. */
    @Bean
    SpanExportingPredicate clientSpansOnly(WebEndpointProperties actuator) {
        String base = actuator.getBasePath();
        return span -> !isScheduledTask(span) && !isActuatorCall(span, base);
    }

    /** Removes the requested path, which may contain a store id; the tag {@code uri} has its template. */
    @Bean
    ObservationFilter withoutRequestedPath() {
        return call -> call.removeHighCardinalityKeyValue("http.url");
    }

    /** Drops spans that the collector does not accept: a retry would take as long again. */
    @Bean
    OtlpHttpSpanExporterBuilderCustomizer withoutRetry() {
        return exporter -> exporter.setRetryPolicy(null);
    }

    /** Names the replica in its spans, unless the settings or {@code OTEL_RESOURCE_ATTRIBUTES} name it. */
    @Bean
    SdkTracerProviderBuilderCustomizer replicaName(Resource resource, Environment environment) {
        return tracers -> {
            if (resource.getAttribute(INSTANCE) == null) {
                tracers.addResource(Resource.create(Attributes.of(INSTANCE, instanceId(environment))));
            }
        };
    }

    /**
     * Returns the pod's name or the container's id. Without either, returns a new id at each start, because one machine
     * may run several replicas.
     */
    private static String instanceId(Environment environment) {
        String host = environment.getProperty("HOSTNAME", "");
        return host.isBlank() ? UUID.randomUUID().toString() : host;
    }

    @Bean
    SpanFlush spanFlush(BatchSpanProcessor spans) {
        return new SpanFlush(spans);
    }

    private static boolean isScheduledTask(FinishedSpan span) {
        return span.getName().startsWith("task ");
    }

    /** @param base the path of the actuator endpoints; empty if they have none, and so no prefix identifies them */
    private static boolean isActuatorCall(FinishedSpan span, String base) {
        String uri = span.getTags().getOrDefault("uri", "");
        return !base.isEmpty() && (uri.equals(base) || uri.startsWith(base + "/"));
    }
}
