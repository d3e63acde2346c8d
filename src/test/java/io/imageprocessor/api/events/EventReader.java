package io.imageprocessor.api.events;

import io.imageprocessor.api.description.ApiDescription;
import io.imageprocessor.api.description.Exchange;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A client of the events over HTTP. */
final class EventReader implements AutoCloseable {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    final HttpResponse<InputStream> response;
    private final BufferedReader lines;

    private EventReader(HttpResponse<InputStream> response) {
        this.response = response;
        this.lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    /** Requests the events of a job and waits for the start of the response. */
    static EventReader open(int port, String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return new EventReader(HTTP.send(request.build(), BodyHandlers.ofInputStream()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Waits for the next event or comment and returns its lines; empty at the end. */
    List<String> next() {
        List<String> event = new ArrayList<>();
        try {
            for (String line = lines.readLine(); line != null && !line.isEmpty(); line = lines.readLine()) {
                event.add(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!event.isEmpty()) {
            ApiDescription.checkedIn().check(Exchange.of(response.request(), "", response, String.join("\n", event)));
        }
        return event;
    }

    /** Returns all events until the end. */
    List<List<String>> rest() {
        List<List<String>> events = new ArrayList<>();
        for (List<String> event = next(); !event.isEmpty(); event = next()) {
            events.add(event);
        }
        return events;
    }

    /** Closes the connection. */
    @Override
    public void close() {
        try {
            response.body().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
