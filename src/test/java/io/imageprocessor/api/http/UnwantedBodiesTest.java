package io.imageprocessor.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.SameOnAnyStorage;
import io.imageprocessor.ServiceTest;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.web.server.LocalServerPort;

@ServiceTest
@SameOnAnyStorage
class UnwantedBodiesTest {

    private static final String FORM = "Content-Type: application/x-www-form-urlencoded";

    @LocalServerPort
    int port;

    @ParameterizedTest
    @CsvSource({
        "PATCH /api/submit, 405",
        "PUT /api/jobs/1/cancel, 405",
        "DELETE /api/stores, 405",
        "POST /api/jobs/1/cancel, 404",
        "POST /api/nothing, 404",
        "POST /actuator/health, 405",
        "GET /api/stores?limit=1, 200",
        "GET /api/jobs/1?wait=1s, 404",
        "POST /api/submit, 415",
        "GET /api/%zz, 400"
    })
    void respondsBeforeABodyThatTheCallDoesNotTake(String call, int status) throws Exception {
        try (RawRequest request = new RawRequest(port, call + " HTTP/1.1", FORM, "Content-Length: 300000000")) {
            long start = System.nanoTime();

            assertThat(request.read(12)).isEqualTo("HTTP/1.1 " + status);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
        }
    }

    /** The query alone has parameters; a form in the body has none. */
    @Test
    void takesNoParameterFromABody() throws Exception {
        String form = "limit=nonsense&jobid=1";
        try (RawRequest request =
                new RawRequest(port, "POST /api/stores/reload HTTP/1.1", FORM, "Content-Length: " + form.length())) {
            request.send(form);

            assertThat(request.read(12)).isEqualTo("HTTP/1.1 200");
        }
    }

    /** The head of the chunk does not end. */
    @Test
    void endsAChunkedBodyThatDoesNotArrive() throws Exception {
        try (RawRequest request = new RawRequest(port, "POST /api/nothing HTTP/1.1", "Transfer-Encoding: chunked")) {
            request.send("5");
            ReadingTime time = new ReadingTime();

            assertThat(request.readToEnd()).startsWith("HTTP/1.1 404");
            time.assertOver();
        }
    }

    /** Each byte arrives in time, but the whole body would take hours. */
    @ParameterizedTest
    @CsvSource({"Content-Length, 1000000, ''", "Transfer-Encoding, chunked, FFFFF"})
    void endsABodyThatDrips(String name, String value, String start) throws Exception {
        try (RawRequest request = new RawRequest(port, "POST /api/nothing HTTP/1.1", name + ": " + value)) {
            request.send(start.isEmpty() ? "x" : start + "\r\n");
            ReadingTime time = new ReadingTime();
            assertThat(request.read(12)).isEqualTo("HTTP/1.1 404");

            try {
                while (!request.isClosedWithin(Duration.ofMillis(50))) {
                    request.send("x");
                    time.assertNotOver();
                }
            } catch (SocketException _) {
                // The service has closed the connection.
            }
            time.assertOver();
        }
    }

    @Test
    void asksForNoBodyThatNobodyReads() throws Exception {
        try (RawRequest request = new RawRequest(
                port, "POST /api/submit HTTP/1.1", "Content-Length: 300000000", "Expect: 100-continue")) {
            assertThat(request.readToEnd()).startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void keepsTheConnectionAfterAShortUnwantedBody() throws Exception {
        String body = "x".repeat(60_000);
        try (RawRequest request = new RawRequest(port, "GET /api/nothing HTTP/1.1", "Content-Length: 60000")) {
            request.send(body);
            request.send(RawRequest.head("GET /api/stores?limit=1 HTTP/1.1", "Connection: close"));

            assertThat(request.readToEnd()).startsWith("HTTP/1.1 404").contains("HTTP/1.1 200");
        }
    }

    @ParameterizedTest
    @CsvSource({"Content-Length, 70000", "Transfer-Encoding, chunked"})
    void closesTheConnectionAfterALongUnwantedBody(String name, String value) throws Exception {
        try (RawRequest request = new RawRequest(port, "POST /api/nothing HTTP/1.1", name + ": " + value)) {
            request.send(name.startsWith("T") ? "11170\r\n" : "");
            request.send("x".repeat(70_000));
            request.send(name.startsWith("T") ? "\r\n0\r\n\r\n" : "");

            assertThat(request.readToEnd()).startsWith("HTTP/1.1 404").doesNotContain("HTTP/1.1 400");
        }
    }

    @ParameterizedTest
    @CsvSource({"GET /api/stores, 200", "POST /api/submit, 415", "GET /actuator/health, 200"})
    void closesTheConnectionIfTheBodyDoesNotArrive(String call, int status) throws Exception {
        try (RawRequest request = new RawRequest(port, call + " HTTP/1.1", FORM, "Content-Length: 1000")) {
            request.send("x");
            ReadingTime time = new ReadingTime();

            assertThat(request.readToEnd()).startsWith("HTTP/1.1 " + status);
            time.assertOver();
        }
    }

    /** It sends all of its body before it reads the response, and the service reads only a part. */
    @Test
    void deliversTheResponseToAClientThatSends300Megabytes() throws Exception {
        byte[] part = new byte[1_000_000];
        try (RawRequest request = new RawRequest(
                port, "POST /api/submit HTTP/1.1", "Content-Type: application/json", "Content-Length: 300000000")) {
            try {
                for (int i = 0; i < 300; i++) {
                    request.send(part);
                }
            } catch (SocketException _) {
                // The service has closed the connection.
            }

            assertThat(request.read(12)).isEqualTo("HTTP/1.1 413");
        }
    }

    /** The time that the service reads a body away, measured by a timer beside it: a busy machine delays both. */
    private static final class ReadingTime {

        private static final Duration MAX = Duration.ofSeconds(2);

        private final long start = System.nanoTime();
        private final CompletableFuture<Duration> timer = CompletableFuture.supplyAsync(
                this::elapsed, CompletableFuture.delayedExecutor(MAX.toMillis(), TimeUnit.MILLISECONDS));

        private Duration elapsed() {
            return Duration.ofNanos(System.nanoTime() - start);
        }

        /** The service has closed the connection, at most as long after the timer as the timer took. */
        void assertOver() {
            Duration elapsed = elapsed();
            assertThat(elapsed).isLessThan(timer.join().multipliedBy(2));
        }

        /** Called until the service closes the connection. */
        void assertNotOver() {
            if (timer.isDone()) {
                assertOver();
            }
        }
    }
}
