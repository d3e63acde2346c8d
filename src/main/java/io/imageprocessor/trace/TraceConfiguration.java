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
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.SdkTracerProviderBuilderCustomizer;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpHttpSpanExporterBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

@Configuration(proxyBeanMethods = false)
@Conditional(TracingActivation.class)
class TraceConfiguration {

    /** Source: OpenTelemetry's semantic conventions, "Service". */
    private static final AttributeKey<String> INSTANCE = AttributeKey.stringKey("service.instance.id");

    /** What the service does by the clock, and who looks whether it is well, would be most of what there is. */
    @Bean
    SpanExportingPredicate onlyWhatClientsAskFor(WebEndpointProperties actuator) {
        String base = actuator.getBasePath();
        return span -> !isOfTheClock(span) && !isOfOperators(span, base);
    }

    /** The path as it was asked for, which may hold the id of a store; its template is told by {@code uri}. */
    @Bean
    ObservationFilter noPaths() {
        return call -> call.removeHighCardinalityKeyValue("http.url");
    }

    /** Spans that a collector does not take are dropped: another try would take as long again. */
    @Bean
    OtlpHttpSpanExporterBuilderCustomizer sendOnce() {
        return exporter -> exporter.setRetryPolicy(null);
    }

    /**
     * Which replica a span comes from, unless the operator has named it, in the settings or by
     * {@code OTEL_RESOURCE_ATTRIBUTES}.
     */
    @Bean
    SdkTracerProviderBuilderCustomizer replica(Resource resource, Environment environment) {
        return tracers -> {
            if (resource.getAttribute(INSTANCE) == null) {
                tracers.addResource(Resource.create(Attributes.of(INSTANCE, nameOfReplica(environment))));
            }
        };
    }

    /**
     * The pod's name, or the container's id; elsewhere one that is new with each start, since there may be several on a
     * machine.
     */
    private static String nameOfReplica(Environment environment) {
        String host = environment.getProperty("HOSTNAME", "");
        return host.isBlank() ? UUID.randomUUID().toString() : host;
    }

    @Bean
    SpanFlush lastSpans(BatchSpanProcessor spans) {
        return new SpanFlush(spans);
    }

    private static boolean isOfTheClock(FinishedSpan span) {
        return span.getName().startsWith("task ");
    }

    /** @param base of the operators' endpoints; empty if they have none of their own, and cannot be told from others */
    private static boolean isOfOperators(FinishedSpan span, String base) {
        String uri = span.getTags().getOrDefault("uri", "");
        return !base.isEmpty() && (uri.equals(base) || uri.startsWith(base + "/"));
    }
}
