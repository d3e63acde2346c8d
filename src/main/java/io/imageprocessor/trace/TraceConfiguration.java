package io.imageprocessor.trace;

import io.micrometer.observation.ObservationFilter;
import io.micrometer.tracing.exporter.FinishedSpan;
import io.micrometer.tracing.exporter.SpanExportingPredicate;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpHttpSpanExporterBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@Conditional(TracingSwitch.class)
class TraceConfiguration {

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

    @Bean
    LastSpans lastSpans(BatchSpanProcessor spans) {
        return new LastSpans(spans);
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
