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

/** What the readiness probe would answer, for those who are told by meters. */
@Component
@RequiredArgsConstructor
final class ReadinessMeter implements MeterBinder {

    /** Comes later than the meters. */
    private final ObjectProvider<HealthEndpoint> health;

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("imageprocessor.ready", this, ReadinessMeter::ready)
                .description("1 if the readiness probe is answered 200, or else 0")
                .register(registry);
    }

    private double ready() {
        HealthDescriptor readiness = health.getObject().healthForPath("readiness");
        return readiness != null && Status.UP.equals(readiness.getStatus()) ? 1 : 0;
    }
}
