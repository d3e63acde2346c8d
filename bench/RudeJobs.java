import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** Rude clients whose jobs are heavy. Each cancels its job when it has done its harm. */
final class RudeJobs {

    private static final int FAILED_STORES = 20_000;
    private static final int WAITERS = 150;
    private static final String LONG_TEXT = "x".repeat(255);

    private final Server server;
    private final SoakLedger ledger;
    /** A URL that never answers. */
    private final String deadUrl;

    private final RawClient client;
    private final AtomicLong nextText = new AtomicLong();
    private final byte[] failingStores;

    /** The last job with many failed stores; "0" before the first. */
    private volatile String failed = "0";

    RudeJobs(Server server, SoakLedger ledger, String deadUrl) {
        this.server = server;
        this.ledger = ledger;
        this.deadUrl = deadUrl;
        this.client = new RawClient(server.port());
        List<String> stores = new ArrayList<>(texts(FAILED_STORES, "unknown"));
        stores.add("S00339218");
        failingStores = SoakBodies.visits(stores, deadUrl, "failing");
    }

    private List<String> texts(int count, String end) {
        return IntStream.range(0, count)
                .mapToObj(i -> nextText.incrementAndGet() + end)
                .toList();
    }

    /** Returns the id of the last job with many failed stores. */
    String failed() {
        return failed;
    }

    /** Submits URLs of 10,000 characters, 6 MB of them. */
    void submitLongUrls() throws IOException {
        submitUrls(600);
    }

    /** Submits more URLs than fit: 80 MB. */
    void submitFarTooMuch() throws IOException {
        submitUrls(8_000);
    }

    /** Sends the body visit by visit, because this program shall not hold it either. */
    private void submitUrls(int count) throws IOException {
        String url = deadUrl + "?" + "x".repeat(10_000 - deadUrl.length() - 1);
        byte[] visit = SoakBodies.ascii(
                "{\"store_id\":\"S00339218\",\"visit_time\":\"2023-03-15\",\"image_url\":[\"" + url + "\"]},");
        byte[] begin = SoakBodies.ascii("{\"count\":" + count + ",\"visits\":[");
        byte[] end = SoakBodies.ascii("],\"label\":\"long\"}");
        long length = begin.length + (long) count * visit.length - 1 + end.length;
        byte[] head = RawClient.request(
                "POST",
                "/api/submit",
                "Content-Type: application/json",
                "Connection: close",
                "Content-Length: " + length);
        String id;
        try (Socket socket = client.send(head)) {
            var out = socket.getOutputStream();
            out.write(begin);
            for (int i = 1; i <= count; i++) {
                out.write(visit, 0, visit.length - (i == count ? 1 : 0));
            }
            out.write(end);
            String text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = text.startsWith("HTTP/1.1 ") ? Integer.parseInt(text.substring(9, 12)) : -1;
            id = accepted(new Http.Answer(status, text.substring(text.indexOf("\r\n\r\n") + 4), ""), count);
        }
        if (!id.isEmpty()) {
            cancel(id, count);
        }
    }

    /** Submits 15,000 unknown stores whose ids have 255 characters. */
    void submitLongStoreIds() throws IOException {
        List<String> stores = texts(15_000, LONG_TEXT).stream()
                .map(text -> text.substring(0, 255))
                .toList();
        submitAndCancel(SoakBodies.visits(stores, deadUrl, "stores"), stores.size(), Map.of());
    }

    /** Submits one image with the longest label and the longest key. */
    void submitLongLabel() throws IOException {
        String key = (nextText.incrementAndGet() + LONG_TEXT).substring(0, 255);
        submitAndCancel(SoakBodies.visits(List.of("unknown"), deadUrl, LONG_TEXT), 1, Map.of("Idempotency-Key", key));
    }

    /** Lets many clients wait for a job with 20,000 failed stores, and then cancels it, so that all are answered. */
    void pollManyFailedStoresThenCancel() throws IOException, InterruptedException {
        int images = FAILED_STORES + 1;
        String id = submit(failingStores, images, Map.of());
        if (id.isEmpty()) {
            return;
        }
        failed = id;
        List<Socket> waiters = new ArrayList<>();
        try {
            for (int i = 0; i < WAITERS; i++) {
                waiters.add(
                        client.send(RawClient.request("GET", "/api/jobs/" + id + "?wait=60s", "Connection: close")));
            }
            Thread.sleep(1_000);
            cancel(id, images);
            byte[] buffer = new byte[1 << 14];
            for (Socket waiter : waiters) {
                InputStream in = waiter.getInputStream();
                while (in.read(buffer) >= 0) {
                    // read to the end
                }
            }
        } finally {
            for (Socket waiter : waiters) {
                waiter.close();
            }
        }
    }

    private void submitAndCancel(byte[] body, int images, Map<String, String> headers) throws IOException {
        String id = submit(body, images, headers);
        if (!id.isEmpty()) {
            cancel(id, images);
        }
    }

    /** Returns the id of the accepted job, or an empty text if it was refused. */
    private String submit(byte[] body, int images, Map<String, String> headers) throws IOException {
        var all = new HashMap<>(headers);
        all.put("Content-Type", "application/json");
        Http.Answer answer;
        try {
            answer = Http.call("POST", server.url("/api/submit"), all, body);
        } catch (IOException e) {
            ledger.suspect(images);
            throw e;
        }
        return accepted(answer, images);
    }

    private String accepted(Http.Answer answer, int images) throws IOException {
        if (answer.status() != 201) {
            requireRefusal(answer);
            return "";
        }
        ledger.acceptRude(images);
        return SoakJob.of(answer, images, 0).id();
    }

    private static void requireRefusal(Http.Answer answer) throws IOException {
        if (answer.status() != 413 && answer.status() != 503) {
            throw new IOException("a heavy job was answered " + answer.status());
        }
    }

    private void cancel(String id, int images) throws IOException {
        Http.Answer answer = Http.call("POST", server.url("/api/jobs/" + id + "/cancel"), Map.of(), new byte[0]);
        if (answer.status() == 409) { // it has finished by itself
            answer = Http.get(server.url("/api/jobs/" + id));
        }
        if (answer.status() != 200) {
            throw new WrongAnswer("a cancelled job", answer);
        }
        ledger.settle(images, SoakJob.Counts.of(answer));
    }
}
