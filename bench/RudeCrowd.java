import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** All rude clients of the soak, with their numbers and intervals. Modest ones: they share the cores of the service. */
final class RudeCrowd {

    private static final Duration DRIP = Duration.ofSeconds(15);
    private static final Duration TICK = Duration.ofMillis(200);
    private static final String FAR_TOO_LONG = "Content-Length: 200000000";
    private static final int PIPELINED = 400;

    private final Server server;
    private final SoakLedger ledger;
    private final SharedStoreMaster stores;
    private final RudeJobs jobs;
    private final InetSocketAddress address;

    RudeCrowd(Server server, SoakLedger ledger, SharedStoreMaster stores, String deadUrl) {
        this.server = server;
        this.ledger = ledger;
        this.stores = stores;
        this.jobs = new RudeJobs(server, ledger, deadUrl);
        this.address = new RawClient(server.port()).address();
    }

    /** Starts all of them. The caller closes them. */
    RudeClients start() {
        var clients = new RudeClients();
        startCalls(clients);
        startConnections(clients);
        startJobs(clients);
        clients.start("store master is a pipe", seconds(12), seconds(30), () -> stores.replaceByPipe(this::reloadBad));
        clients.start("is huge", seconds(27), seconds(30), () -> stores.replaceByHugeFile(this::reloadBad));
        return clients;
    }

    private void startCalls(RudeClients clients) {
        var calls = new RudeCalls(server, ledger);
        clients.start("forms of 300 MB", seconds(10), calls::sendHugeForm);
        clients.start("waits left at once", Duration.ofMillis(50), calls::waitAndGoAway);
        clients.start("resets", Duration.ofMillis(100), calls::resetWhileJsonIsWritten);
        clients.start("odd Accept", Duration.ofMillis(500), calls::sendOddAccept);
        clients.start("odd paths", Duration.ofMillis(500), calls::sendOddPath);
        clients.start("posts of another origin", seconds(1), calls::postFromAnotherOrigin);
    }

    private void startConnections(RudeClients clients) {
        clients.start(
                "300 dripping bodies",
                TICK,
                new HeldConnections(address, 300, seconds(60), DRIP, RudeCrowd::unwantedBody));
        clients.start(
                "200 that never read",
                TICK,
                new HeldConnections(address, 200, seconds(30), Duration.ZERO, this::largeAnswer));
        clients.start(
                "30 that never read small ones",
                TICK,
                new HeldConnections(address, 30, seconds(30), Duration.ZERO, i -> pipelined()));
        clients.start(
                "1,500 half requests",
                TICK,
                new HeldConnections(
                        address,
                        1_500,
                        seconds(40),
                        Duration.ZERO,
                        i -> SoakBodies.ascii("GET /api/jobs HTTP/1.1\r\nHo")));
    }

    private static byte[] unwantedBody(int number) {
        return switch (number % 3) {
            case 0 -> RawClient.request("POST", "/api/submit", "Content-Type: text/plain", FAR_TOO_LONG);
            case 1 -> RawClient.request("GET", "/api/jobs", FAR_TOO_LONG);
            default -> RawClient.request("POST", "/no/such/path", FAR_TOO_LONG);
        };
    }

    private byte[] largeAnswer(int number) {
        List<String> paths = List.of(
                "/swagger-ui/swagger-ui-bundle.js",
                "/actuator/sbom/application",
                "/api/stores?limit=1000",
                "/api/jobs?limit=1000",
                "/v3/api-docs",
                "/actuator/prometheus",
                "/api/jobs/" + jobs.failed(),
                "/api/status?jobid=" + jobs.failed(),
                "/api/jobs/" + jobs.failed() + "/images?limit=1000",
                "/api/visits?storeid=S00339218");
        return RawClient.request("GET", paths.get(number % paths.size()));
    }

    private static byte[] pipelined() {
        String request = "GET /api/status?jobid=1 HTTP/1.1\r\nHost: localhost\r\n\r\n";
        return SoakBodies.ascii(request.repeat(PIPELINED));
    }

    private void startJobs(RudeClients clients) {
        clients.start("long URLs", seconds(3), seconds(15), jobs::submitLongUrls);
        clients.start("long store ids", seconds(8), seconds(15), jobs::submitLongStoreIds);
        clients.start("jobs of 80 MB", seconds(25), seconds(45), jobs::submitFarTooMuch);
        clients.start("long labels", seconds(1), jobs::submitLongLabel);
        clients.start("failed stores polled", seconds(1), seconds(20), jobs::pollManyFailedStoresThenCancel);
    }

    /** Reloads the store master, which the service must refuse. */
    private void reloadBad() throws IOException {
        int status = Http.call("POST", server.url("/api/stores/reload"), Map.of(), new byte[0])
                .status();
        if (status != 422) {
            throw new IOException("the reload of a bad store master was answered " + status);
        }
    }

    static Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }
}
