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
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.mock.env.MockEnvironment;

/** Which spans are sent, and whether any are. */
class TraceConfigurationTest {

    private static final String ENDPOINT = TracingActivation.ENDPOINT + "=http://collector:4318/v1/traces";

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
    void sendsWhatClientsAskedForAlone(String base, String name, @Nullable String uri, boolean sent) {
        actuator.setBasePath(base);
        FinishedSpan span = mock();
        when(span.getName()).thenReturn(name);
        when(span.getTags()).thenReturn(uri == null ? Map.of() : Map.of("uri", uri));

        assertThat(new TraceConfiguration().onlyWhatClientsAskFor(actuator).isExportable(span))
                .isEqualTo(sent);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    management.opentelemetry.tracing.export.otlp.endpoint=http://collector/v1/traces | true
                    management.opentelemetry.tracing.export.otlp.endpoint=                           | false
                    spring.application.name=images                                                   | false
                    """)
    void isThereIfThereIsAnEndpoint(String setting, boolean there) {
        assertThat(isThere(setting)).isEqualTo(there);
    }

    @ParameterizedTest
    @CsvSource({"pod-1, '', pod-1", "pod-1, service.instance.id=mine, mine", "pod-1, host.name=h, pod-1"})
    void namesTheReplicaUnlessTheOperatorDoes(String hostName, String ofTheOperator, String named) {
        assertThat(replica(hostName, ofTheOperator)).isEqualTo(named);
    }

    @Test
    void givesAReplicaWithoutANameOneThatIsItsOwn() {
        assertThat(replica("", "")).hasSize(36).isNotEqualTo(replica("", ""));
    }

    /** What is told of the replica that has that host name, and those attributes of OpenTelemetry's. */
    private static String replica(String hostName, String attributes) {
        ResourceBuilder resource = Resource.builder();
        attributes.lines().map(line -> line.split("=")).forEach(pair -> resource.put(pair[0], pair[1]));
        SdkTracerProviderBuilder tracers = SdkTracerProvider.builder().setResource(resource.build());
        new TraceConfiguration()
                .replica(resource.build(), new MockEnvironment().withProperty("HOSTNAME", hostName))
                .customize(tracers);
        try (SdkTracerProvider provider = tracers.build()) {
            var span = (ReadableSpan) provider.get("test").spanBuilder("span").startSpan();
            return Objects.requireNonNull(
                    span.toSpanData().getResource().getAttribute(AttributeKey.stringKey("service.instance.id")));
        }
    }

    @Test
    void isNotThereWhereTracesAreSaidToBeOff() {
        assertThat(isThere(ENDPOINT, "management.tracing.export.enabled=false")).isFalse();
    }

    private static boolean isThere(String... settings) {
        AtomicBoolean there = new AtomicBoolean();
        new ApplicationContextRunner()
                .withUserConfiguration(TraceConfiguration.class)
                .withBean(WebEndpointProperties.class)
                .withBean(Resource.class, Resource::getDefault)
                .withBean(
                        BatchSpanProcessor.class,
                        () -> BatchSpanProcessor.builder(SpanExporter.composite())
                                .build())
                .withPropertyValues(settings)
                .run(context -> there.set(context.containsBean("noPaths")));
        return there.get();
    }
}
