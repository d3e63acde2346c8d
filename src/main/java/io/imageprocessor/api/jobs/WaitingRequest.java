package io.imageprocessor.api.jobs;

import io.imageprocessor.api.events.DisconnectMonitor;
import io.imageprocessor.api.http.ClientConnection;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import lombok.AccessLevel;
import lombok.RequiredArgsConstructor;

/**
 * A request that waits without a thread. At the end of the wait the web server dispatches it again. Holds nothing of
 * the response. Thread-safe.
 */
@RequiredArgsConstructor(access = AccessLevel.PRIVATE)
final class WaitingRequest implements AsyncListener {

    /**
     * Time that the web server waits longer than the client asked for. The poller ends the wait in time; this timeout
     * only applies if the poller cannot.
     */
    private static final Duration MARGIN = Duration.ofSeconds(10);

    private final CompletableFuture<Void> end;

    /**
     * Makes the request wait, at most until its client disconnects.
     *
     * @param end completes at the end of the wait; cancelled if the request ends earlier
     */
    static void start(
            HttpServletRequest request, CompletableFuture<Void> end, Duration timeout, DisconnectMonitor disconnects) {
        AsyncContext context = request.startAsync();
        context.setTimeout(timeout.plus(MARGIN).toMillis());
        context.addListener(new WaitingRequest(end));
        // A client that has only closed its output still reads the response.
        disconnects.add(end, ClientConnection.of(request), () -> end.complete(null));
        var _ = end.whenComplete((_, _) -> disconnects.remove(end)).thenRun(context::dispatch);
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        end.complete(null);
    }

    /** The client disconnected, for example. The web server completes the request. */
    @Override
    public void onError(AsyncEvent event) {
        end.cancel(false);
    }

    @Override
    public void onComplete(AsyncEvent event) {
        end.cancel(false);
    }

    /** Never called, because asynchronous processing starts once. */
    @Override
    public void onStartAsync(AsyncEvent event) {}
}
