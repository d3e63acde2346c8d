package io.imageprocessor.startup;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import lombok.RequiredArgsConstructor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.stereotype.Component;

/** Reports the readiness probe as a metric. */
@Component
@RequiredArgsConstructor
final class ReadinessMeter implements MeterBinder {

    /** The endpoint is created after the meters. */
    private final ObjectProvider<HealthEndpoint> health;

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("imageprocessor.ready", this, ReadinessMeter::ready)
                .description("1 if the readiness probe returns 200, otherwise 0")
                .register(registry);
    }

    private double ready() {
        HealthDescriptor readiness = health.getObject().healthForPath("readiness");
        return readiness != null && Status.UP.equals(readiness.getStatus()) ? 1 : 0;
    }
}
