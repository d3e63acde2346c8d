package io.imageprocessor.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.micrometer.tracing.exporter.FinishedSpan;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.resources.ResourceBuilder;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SdkTracerProviderBuilder;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.mock.env.MockEnvironment;

class TraceConfigurationTest {

    private final WebEndpointProperties actuator = new WebEndpointProperties();

    @ParameterizedTest
    @CsvSource({
        "/actuator, http post /api/submit,    /api/submit,           true",
        "/actuator, http get /api/jobs/{id},  /api/jobs/{id},        true",
        "/actuator, image,                    ,                      true",
        "/actuator, http get /actuator,       /actuator,             false",
        "/actuator, http get /actuator/info,  /actuator/info,        false",
        "/actuator, http get /actuators,      /actuators,            true",
        "/ops,      http get /ops/prometheus, /ops/prometheus,       false",
        "/ops,      http get /actuator/info,  /actuator/info,        true",
        "/,         http post /api/submit,    /api/submit,           true",
        "/actuator, task job-meters.count,    ,                      false"
    })
    void exportsOnlySpansOfClientCallsAndImages(String base, String name, @Nullable String uri, boolean exported) {
        actuator.setBasePath(base);
        FinishedSpan span = mock();
        when(span.getName()).thenReturn(name);
        when(span.getTags()).thenReturn(uri == null ? Map.of() : Map.of("uri", uri));

        assertThat(new TraceConfiguration().clientSpansOnly(actuator).isExportable(span))
                .isEqualTo(exported);
    }

    @ParameterizedTest
    @CsvSource({"pod-1, '', pod-1", "pod-1, service.instance.id=mine, mine", "pod-1, host.name=h, pod-1"})
    void namesTheReplicaByHostNameUnlessTheOperatorNamesIt(String hostName, String attributes, String name) {
        assertThat(replicaName(hostName, attributes)).isEqualTo(name);
    }

    @Test
    void givesAReplicaWithoutHostNameAUniqueName() {
        assertThat(replicaName("", "")).hasSize(36).isNotEqualTo(replicaName("", ""));
    }

    /**
     * Returns the name of a replica in its spans.
     *
     * @param attributes lines {@code name=value}, as {@code OTEL_RESOURCE_ATTRIBUTES} sets them
     */
    private static String replicaName(String hostName, String attributes) {
        ResourceBuilder resource = Resource.builder();
        attributes.lines().map(line -> line.split("=")).forEach(pair -> resource.put(pair[0], pair[1]));
        SdkTracerProviderBuilder tracers = SdkTracerProvider.builder().setResource(resource.build());
        new TraceConfiguration()
                .replicaName(resource.build(), new MockEnvironment().withProperty("HOSTNAME", hostName))
                .customize(tracers);
        try (SdkTracerProvider provider = tracers.build()) {
            var span = (ReadableSpan) provider.get("test").spanBuilder("span").startSpan();
            return Objects.requireNonNull(
                    span.toSpanData().getResource().getAttribute(AttributeKey.stringKey("service.instance.id")));
        }
    }
}
