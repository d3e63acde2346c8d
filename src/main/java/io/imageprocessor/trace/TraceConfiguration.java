package io.imageprocessor.trace;

import io.micrometer.tracing.exporter.FinishedSpan;
import io.micrometer.tracing.exporter.SpanExportingPredicate;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpHttpSpanExporterBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(TracingSwitch.ENDPOINT)
class TraceConfiguration {

    /** What the service does by the clock, and who looks whether it is well, would be most of what there is. */
    @Bean
    SpanExportingPredicate onlyWhatClientsAskFor() {
        return span -> !isOfTheClock(span) && !isOfOperators(span);
    }

    /** Spans that a collector does not take are dropped; tries to send them again would hold up the end of the service by many seconds. */
    @Bean
    OtlpHttpSpanExporterBuilderCustomizer sendOnce() {
        return exporter -> exporter.setRetryPolicy(null);
    }

    private static boolean isOfTheClock(FinishedSpan span) {
        return span.getName().startsWith("task ");
    }

    private static boolean isOfOperators(FinishedSpan span) {
        return span.getTags().getOrDefault("uri", "").startsWith("/actuator");
    }
}
