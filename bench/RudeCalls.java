import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Rude clients that make calls of their own kind, again and again. */
final class RudeCalls {

    private static final int FORM_BYTES = 300_000_000;
    private static final List<String> METHODS = List.of("PUT", "PATCH", "DELETE");
    private static final List<String> ACCEPTS = List.of(
            "application/json;charset=utf-16", ",,,", "a/b/c", "*", "application/json;q=2", "text/plain;charset=none");
    private static final List<String> PATHS = List.of("/api/jobs?limit=10", "/api/stores", "/actuator/health/liveness");

    private final RawClient client;
    private final Server server;
    private final SoakLedger ledger;
    private final AtomicInteger turn = new AtomicInteger();

    RudeCalls(Server server, SoakLedger ledger) {
        this.server = server;
        this.client = new RawClient(server.port());
        this.ledger = ledger;
    }

    private <T> T next(List<T> values) {
        return values.get(Math.floorMod(turn.getAndIncrement(), values.size()));
    }

    /** Sends a form of 300 MB with a method for which Spring reads forms. */
    void sendHugeForm() throws IOException {
        byte[] chunk = new byte[1 << 16];
        Arrays.fill(chunk, (byte) 'a');
        byte[] head = RawClient.request(
                next(METHODS),
                "/api/jobs",
                "Content-Type: application/x-www-form-urlencoded",
                "Content-Length: " + FORM_BYTES);
        try (Socket socket = client.send(head)) {
            OutputStream out = socket.getOutputStream();
            for (int left = FORM_BYTES; left > 0; left -= chunk.length) {
                out.write(chunk, 0, Math.min(left, chunk.length));
            }
            RawClient.status(socket);
        }
    }

    /** Asks to wait for a job, or listens to it, and goes away. */
    void waitAndGoAway() throws IOException {
        SoakJob job = ledger.newestUnfinished(1);
        if (job != null) {
            String path = "/api/jobs/" + job.id() + (turn.getAndIncrement() % 4 == 0 ? "/events" : "?wait=60s");
            client.send(RawClient.request("GET", path)).close();
        }
    }

    /** Resets its connection while the service writes JSON. */
    void resetWhileJsonIsWritten() throws IOException {
        try (Socket socket = client.send(RawClient.request("GET", "/api/stores?limit=1000"))) {
            socket.setSoLinger(true, 0); // close sends a reset
            RawClient.status(socket);
        }
    }

    void sendOddAccept() throws IOException {
        requireNoFault(client.status("GET", next(PATHS), "Accept: " + next(ACCEPTS)));
    }

    void sendOddPath() throws IOException {
        requireNoFault(client.status("GET", "/a/../b"));
        requireNoFault(client.status("OPTIONS", "/api/visits?storeid=x"));
        requireNoFault(client.status("GET", "/api/status?jobid=%00%zz"));
    }

    /** Does what a page of another origin can do in a browser without asking first. */
    void postFromAnotherOrigin() throws IOException {
        String job = ledger.newestUnfinished(1) == null
                ? "1"
                : ledger.newestUnfinished(1).id();
        for (String path :
                List.of("/api/jobs/" + job + "/cancel", "/api/jobs/" + job + "/retry", "/api/stores/reload")) {
            requireForbidden(client.status("POST", path, "Origin: https://evil.example", "Content-Length: 0"));
            requireForbidden(client.status("POST", path, "Sec-Fetch-Site: cross-site", "Content-Length: 0"));
        }
        requireForbidden(client.status("POST", "/api/submit", "Sec-Fetch-Site: cross-site", "Content-Length: 0"));
    }

    private static void requireForbidden(int status) throws IOException {
        if (status != 403) {
            throw new IOException("a post of another origin was answered " + status);
        }
    }

    private static void requireNoFault(int status) throws IOException {
        if (status >= 500 && status != 503) {
            throw new IOException("answered " + status);
        }
    }
}
