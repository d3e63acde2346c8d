import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The calls of the good clients: all calls of the service. Each checks its answer, and what it shows of a job goes to
 * the ledger. Thread-safe.
 */
final class SoakCalls {

    private static final int LARGE = 1_000;
    private static final Duration WAIT = Duration.ofSeconds(5);
    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");
    private static final int UNAVAILABLE = 503;

    /** A submission with a key that was answered, to be sent again. */
    private record Keyed(String key, byte[] body, String id) {}

    private final Server server;
    private final SoakBodies bodies;
    private final SoakLedger ledger;
    private final SharedStoreMaster stores;
    private final Queue<Keyed> keyed = new ConcurrentLinkedQueue<>();
    private final AtomicLong nextKey = new AtomicLong();

    SoakCalls(Server server, SoakBodies bodies, SoakLedger ledger, SharedStoreMaster stores) {
        this.server = server;
        this.bodies = bodies;
        this.ledger = ledger;
        this.stores = stores;
    }

    /** Returns all kinds of calls with their rates, some fifty a second together. */
    List<GoodClients.Kind> kinds() {
        List<GoodClients.Kind> kinds = new ArrayList<>();
        add(kinds, "submit", 3, planned -> submit(planned, bodies.small(), JSON, 4, 1));
        add(kinds, "submit 1,000", 0.2, planned -> submit(planned, bodies.large(LARGE), JSON, LARGE, 0));
        add(kinds, "submit gzip", 0.1, this::submitGzip);
        add(kinds, "submit with key", 0.7, this::submitWithKey);
        add(kinds, "submit again", 0.7, this::submitAgain);
        add(kinds, "status", 8, this::status);
        add(kinds, "job", 10, planned -> job(planned, ledger.nextUnfinished()));
        kinds.add(new GoodClients.Kind("job with wait", 2, Scores.Group.WAIT, this::jobWithWait));
        add(kinds, "jobs", 3, planned -> get(planned, "/api/jobs?limit=50"));
        add(kinds, "images", 4, planned -> images(planned, ledger.recentlyFinished(1)));
        add(kinds, "1,000 images", 0.5, planned -> images(planned, ledger.recentlyFinished(LARGE)));
        add(kinds, "failed stores", 1, this::failedStores);
        kinds.add(new GoodClients.Kind("export", 1, Scores.Group.STREAM, this::export));
        kinds.add(new GoodClients.Kind("events", 1, Scores.Group.STREAM, this::events));
        add(kinds, "visits", 1, planned -> get(planned, "/api/visits?storeid=S00339218&startdate=2023-03-01"));
        add(kinds, "stores", 2, planned -> get(planned, "/api/stores?limit=100"));
        add(kinds, "store", 2, planned -> get(planned, "/api/stores/S00339218"));
        add(kinds, "reload", 0.2, this::reload);
        add(kinds, "cancel", 0.3, this::cancel);
        add(kinds, "retry", 0.3, this::retry);
        add(kinds, "liveness", 4, planned -> get(planned, "/actuator/health/liveness"));
        add(kinds, "readiness", 2, planned -> get(planned, "/actuator/health/readiness"));
        add(kinds, "info", 0.5, planned -> get(planned, "/actuator/info"));
        add(kinds, "prometheus", 0.5, planned -> get(planned, "/actuator/prometheus"));
        add(kinds, "openapi", 0.5, planned -> get(planned, "/v3/api-docs"));
        add(kinds, "swagger", 0.5, planned -> get(planned, "/swagger-ui/index.html"));
        return kinds;
    }

    private static void add(List<GoodClients.Kind> kinds, String name, double perSecond, GoodClients.Call call) {
        kinds.add(new GoodClients.Kind(name, perSecond, Scores.Group.CALL, call));
    }

    private GoodClients.Sent get(long planned, String path) throws IOException {
        return sent(planned, expect(Http.get(server.url(path)), 200));
    }

    private static GoodClients.Sent sent(long planned, Http.Answer answer) {
        return new GoodClients.Sent(answer, System.nanoTime() - planned);
    }

    private static Http.Answer expect(Http.Answer answer, int... statuses) throws WrongAnswer {
        if (answer.status() != UNAVAILABLE && Arrays.stream(statuses).noneMatch(status -> status == answer.status())) {
            throw new WrongAnswer("answered", answer);
        }
        return answer;
    }

    private GoodClients.Sent submit(long planned, byte[] body, Map<String, String> headers, int images, int failing)
            throws IOException {
        GoodClients.Sent sent = sent(planned, post("/api/submit", headers, body, images));
        if (expect(sent.answer(), 201).status() == 201) {
            ledger.accept(SoakJob.of(sent.answer(), images, failing));
        }
        return sent;
    }

    private Http.Answer post(String path, Map<String, String> headers, byte[] body, int images) throws IOException {
        try {
            return Http.call("POST", server.url(path), headers, body);
        } catch (IOException e) {
            ledger.suspect(images);
            throw e;
        }
    }

    private GoodClients.Sent submitGzip(long planned) throws IOException {
        byte[] body = SoakBodies.gzip(bodies.large(LARGE));
        return submit(planned, body, Map.of("Content-Type", "application/json", "Content-Encoding", "gzip"), LARGE, 0);
    }

    private static Map<String, String> withKey(String key) {
        return Map.of("Content-Type", "application/json", "Idempotency-Key", key);
    }

    private GoodClients.Sent submitWithKey(long planned) throws IOException {
        String key = "soak-" + nextKey.incrementAndGet();
        byte[] body = bodies.small();
        GoodClients.Sent sent = submit(planned, body, withKey(key), 4, 1);
        if (sent.answer().status() == 201) {
            keyed.add(new Keyed(key, body, SoakJob.of(sent.answer(), 4, 1).id()));
        }
        return sent;
    }

    /** Sends a submission once more: it must get the same id. */
    private GoodClients.Sent submitAgain(long planned) throws IOException {
        Keyed first = keyed.poll();
        if (first == null) {
            return submitWithKey(planned);
        }
        GoodClients.Sent sent = sent(planned, post("/api/submit", withKey(first.key()), first.body(), 4));
        if (expect(sent.answer(), 201).status() == 201
                && !SoakJob.of(sent.answer(), 4, 1).id().equals(first.id())) {
            ledger.countTwice("a submission with the key of job " + first.id() + " was accepted twice");
        }
        return sent;
    }

    private GoodClients.Sent status(long planned) throws IOException {
        SoakJob job = ledger.newestUnfinished(1);
        job = job == null ? ledger.recentlyFinished(1) : job;
        return get(planned, job == null ? "/api/stores/S00339218" : "/api/status?jobid=" + job.id());
    }

    /** Reads a job and checks its counts. */
    GoodClients.Sent job(long planned, SoakJob job) throws IOException {
        if (job == null) {
            return get(planned, "/api/jobs?limit=10");
        }
        GoodClients.Sent sent = sent(planned, Http.get(server.url("/api/jobs/" + job.id())));
        observe(job, sent.answer());
        return sent;
    }

    private void observe(SoakJob job, Http.Answer answer) throws WrongAnswer {
        if (answer.status() == 404) {
            ledger.lose(job);
        }
        if (expect(answer, 200, 404).status() == 200) {
            ledger.observe(job, SoakJob.Counts.of(answer));
        }
    }

    private GoodClients.Sent jobWithWait(long planned) throws IOException {
        SoakJob job = ledger.newestUnfinished(1);
        if (job == null) {
            return job(planned, null);
        }
        Http.Answer answer = Http.get(server.url("/api/jobs/" + job.id() + "?wait=" + WAIT.toMillis() + "ms"));
        long nanos = System.nanoTime() - planned;
        observe(job, answer);
        // How long a job takes that has finished meanwhile is not the answer's fault, nor this program's to know.
        return new GoodClients.Sent(answer, Math.max(0, nanos - WAIT.toNanos()));
    }

    private GoodClients.Sent images(long planned, SoakJob job) throws IOException {
        if (job == null) {
            return get(planned, "/api/jobs?limit=10");
        }
        GoodClients.Sent sent = get(planned, "/api/jobs/" + job.id() + "/images?limit=1000");
        if (sent.answer().status() == 200) {
            requireRows(job, sent.answer().body().split("\"index\":", -1).length - 1, "a page");
        }
        return sent;
    }

    private void requireRows(SoakJob job, long rows, String where) {
        if (rows != job.images()) {
            ledger.countTwice("job " + job.id() + " of " + job.images() + " images has " + rows + " in " + where);
        }
    }

    private GoodClients.Sent failedStores(long planned) throws IOException {
        SoakJob job = ledger.recentlyFinished(1);
        return job == null
                ? get(planned, "/api/jobs?limit=10")
                : get(planned, "/api/jobs/" + job.id() + "/failed-stores?limit=100");
    }

    private GoodClients.Sent export(long planned) throws IOException {
        SoakJob job = ledger.recentlyFinished(LARGE);
        job = job == null ? ledger.recentlyFinished(1) : job;
        if (job == null) {
            return get(planned, "/api/jobs?limit=10");
        }
        try (Http.Stream csv = Http.open(server.url("/api/jobs/" + job.id() + "/images"), "text/csv")) {
            GoodClients.Sent sent = firstByte(planned, csv);
            long rows = 0; // the first byte belongs to the header line
            for (byte b : csv.body().readAllBytes()) {
                rows += b == '\n' ? 1 : 0;
            }
            if (sent.answer().status() == 200) {
                requireRows(job, rows - 1, "its CSV");
            }
            return sent;
        }
    }

    private static GoodClients.Sent firstByte(long planned, Http.Stream stream) throws IOException {
        expect(stream.head(), 200);
        stream.body().read();
        return sent(planned, stream.head());
    }

    /** Listens to a job until it has finished. */
    private GoodClients.Sent events(long planned) throws IOException {
        SoakJob job = ledger.newestUnfinished(1);
        if (job == null) {
            return job(planned, null);
        }
        try (Http.Stream events = Http.open(server.url("/api/jobs/" + job.id() + "/events"), "text/event-stream")) {
            GoodClients.Sent sent = firstByte(planned, events);
            String text = new String(events.body().readAllBytes(), StandardCharsets.UTF_8);
            if (sent.answer().status() == 200
                    && !text.contains("event:finished")
                    && !text.contains("event: finished")) {
                throw new WrongAnswer("the events of a job end without the last one");
            }
            return sent;
        }
    }

    private GoodClients.Sent reload(long planned) throws IOException {
        if (!stores.tryUse()) { // a rude client has replaced the file
            return get(planned, "/api/stores?limit=10");
        }
        try {
            return sent(
                    planned, expect(Http.call("POST", server.url("/api/stores/reload"), Map.of(), new byte[0]), 200));
        } finally {
            stores.release();
        }
    }

    private GoodClients.Sent cancel(long planned) throws IOException {
        SoakJob job = ledger.newestUnfinished(1);
        if (job == null) {
            return get(planned, "/api/jobs?limit=10");
        }
        String url = server.url("/api/jobs/" + job.id() + "/cancel");
        GoodClients.Sent sent = sent(planned, expect(Http.call("POST", url, Map.of(), new byte[0]), 200, 409));
        if (sent.answer().status() == 200) {
            ledger.observe(job, SoakJob.Counts.of(sent.answer()));
        }
        return sent;
    }

    /** Retries a job, one of whose images has an unknown store: it fails again. */
    private GoodClients.Sent retry(long planned) throws IOException {
        SoakJob job = ledger.recentlyFinished(1);
        if (job == null || job.failing() == 0) {
            return get(planned, "/api/jobs?limit=10");
        }
        int images = job.failing();
        GoodClients.Sent sent = sent(planned, post("/api/jobs/" + job.id() + "/retry", Map.of(), new byte[0], images));
        if (expect(sent.answer(), 201).status() == 201) {
            ledger.accept(SoakJob.of(sent.answer(), images, images));
        }
        return sent;
    }
}
