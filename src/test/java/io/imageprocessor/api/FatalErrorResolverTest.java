package io.imageprocessor.api;

import io.imageprocessor.ApiClient;
import io.imageprocessor.ServiceTest;
import io.imageprocessor.api.description.ApiDescription;
import io.imageprocessor.logging.RecordedHalts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;

/** Errors of the JVM in requests. */
@ServiceTest
@Import(StubbedQueries.Configuration.class)
class FatalErrorResolverTest {

    @RegisterExtension
    final RecordedHalts halts = new RecordedHalts();

    @LocalServerPort
    int port;

    @Autowired
    StubbedQueries queries;

    @AfterEach
    void reset() {
        queries.reset();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/status?jobid=1", "/api/jobs/1", "/api/jobs/1?wait=1s", "/api/jobs/1/events"})
    void haltsAfterAnOutOfMemoryError(String path) throws Exception {
        queries.answer("status", _ -> {
            throw new OutOfMemoryError("expected by this test");
        });
        queries.answer("report", _ -> {
            throw new OutOfMemoryError("expected by this test");
        });

        get(path);

        halts.assertHalted();
    }

    @Test
    void continuesAfterAStackOverflow() throws Exception {
        queries.answer("status", _ -> {
            throw new StackOverflowError("expected by this test");
        });

        get("/api/status?jobid=1");
        queries.reset();

        halts.assertNotHalted();
        new ApiClient(port, ApiDescription.checkedIn()).get("/api/jobs/1");
    }

    /** The response does not matter, because the process ends. */
    private void get(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            client.send(request, BodyHandlers.discarding());
        }
    }
}
