package io.imageprocessor;

import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients that make all kinds of calls without a pause, whatever the responses are, until they are closed. */
final class BusyClients implements AutoCloseable {

    private static final int CLIENTS = 4;

    private final ApiClient client;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<CompletableFuture<Void>> runs = new ArrayList<>();
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger rejected = new AtomicInteger();
    private volatile boolean closed;

    BusyClients(int port) {
        client = new ApiClient(port);
        for (int i = 0; i < CLIENTS; i++) {
            int number = i;
            runs.add(CompletableFuture.runAsync(() -> run(number), threads));
        }
    }

    private void run(int number) {
        for (int i = 0; !closed; i++) {
            try {
                call(number + "-" + i);
            } catch (UncheckedIOException _) {
                // The service closes the connection if it cannot finish a response that has begun.
            } catch (AssertionError e) {
                faults.add(String.valueOf(e.getMessage()));
            }
        }
    }

    private void call(String key) {
        HttpResponse<String> response =
                post("/api/submit", job(), "Content-Type", "application/json", "Idempotency-Key", key);
        boolean isAccepted = response.statusCode() == 201;
        (isAccepted ? accepted : rejected).incrementAndGet();
        String job = "/api/jobs/" + (isAccepted ? response.body().replaceAll("\\D", "") : "1");
        get(job + "?wait=1s");
        get("/api/jobs");
        get(job + "/images", "Accept", "text/csv");
        post(job + "/cancel", "");
        post(job + "/retry", "");
        get("/api/visits?storeid=S00339218&startdate=2023-03-15&enddate=2023-03-15");
    }

    private void get(String path, String... headers) {
        checked(client.get(path, headers));
    }

    private HttpResponse<String> post(String path, String body, String... headers) {
        return checked(client.post(path, body, headers));
    }

    private HttpResponse<String> checked(HttpResponse<String> response) {
        if (response.statusCode() >= 500 && response.statusCode() != 503) {
            faults.add(response + " " + response.body());
        }
        return response;
    }

    private static String job() {
        String urls = "\"x\",".repeat(40) + "\"y\"";
        return """
                {"count": 1, "visits": [{"store_id": "S00339218", "visit_time": "2023-03-15", "image_url": [%s]}]}
                """.formatted(urls);
    }

    /** Returns the number of accepted submissions. */
    int accepted() {
        return accepted.get();
    }

    /** Returns the number of submissions that were answered otherwise. */
    int rejected() {
        return rejected.get();
    }

    /** Returns all responses with a status from 500 on but 503, and those that are not as described. */
    List<String> faults() {
        return List.copyOf(faults);
    }

    /** Returns whether no client has failed. */
    boolean areRunning() {
        return runs.stream().noneMatch(CompletableFuture::isDone);
    }

    @Override
    public void close() {
        closed = true;
        runs.forEach(CompletableFuture::join);
        threads.close();
    }
}
