package io.imageprocessor.api.http;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.stereotype.Component;

/** Counts the slow clients that were disconnected. Thread-safe. */
@Component
final class ClientMeters implements MeterBinder {

    /** Tomcat creates the protocol of each connector. */
    private final List<ClientProtocol> protocols = new CopyOnWriteArrayList<>();

    /** Counts the clients of this protocol, too. */
    void add(ClientProtocol protocol) {
        protocols.add(protocol);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (DisconnectReason reason : DisconnectReason.values()) {
            FunctionCounter.builder(
                            "imageprocessor.clients.disconnected",
                            protocols,
                            all -> all.stream()
                                    .mapToLong(protocol -> protocol.disconnected(reason))
                                    .sum())
                    .tag("reason", reason.code())
                    .description("Slow clients that were disconnected")
                    .register(registry);
        }
    }
}
