package io.imageprocessor.api.events;

import io.imageprocessor.api.http.ClientConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Detects within a second or two that the client of a held request has disconnected. Without it, only a failed write
 * would show this. Thread-safe.
 */
@Component
public class DisconnectMonitor {

    private record Held(ClientConnection client, Runnable disconnected) {}

    private final Map<Object, Held> requests = new ConcurrentHashMap<>();

    /**
     * Watches the client of a held request until it disconnects or {@link #remove} is called, which must happen before
     * the request is complete.
     *
     * @param request identifies the held request
     * @param disconnected called at most once; must not block
     */
    public void add(Object request, ClientConnection client, Runnable disconnected) {
        requests.put(request, new Held(client, disconnected));
    }

    /** Ends the watch, because the request is about to be complete. Waits for a check that is running. */
    public void remove(Object request) {
        requests.remove(request);
    }

    @Scheduled(fixedDelayString = "PT1S")
    void check() {
        List<Held> disconnected = new ArrayList<>();
        for (Object request : requests.keySet()) {
            // Within the lock of the entry, so that no connection is read after its request.
            requests.computeIfPresent(request, (_, held) -> {
                if (held.client().isClosed()) {
                    disconnected.add(held);
                    return null;
                }
                return held;
            });
        }
        disconnected.forEach(held -> held.disconnected().run());
    }
}
