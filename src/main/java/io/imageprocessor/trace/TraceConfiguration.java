package io.imageprocessor.trace;

import io.micrometer.tracing.exporter.FinishedSpan;
import io.micrometer.tracing.exporter.SpanExportingPredicate;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
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

    private static boolean isOfTheClock(FinishedSpan span) {
        return span.getName().startsWith("task ");
    }

    private static boolean isOfOperators(FinishedSpan span) {
        return span.getTags().getOrDefault("uri", "").startsWith("/actuator");
    }
}
