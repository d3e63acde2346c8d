import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Lets good and rude clients use a service with a small heap for some minutes, and judges what the good clients notice
 * and what the service keeps of it.
 *
 * <p>What the service holds is measured twice, each time after all clients have gone and all jobs have expired: after
 * the second minute (or after half of a shorter run), and at the end.
 */
final class SoakCase {

    private static final String HEAP = "-Xmx256m";
    /** As the README recommends, so that a service without heap ends, instead of lingering. */
    private static final String EXIT = "-XX:+ExitOnOutOfMemoryError";

    private static final Duration ORIGIN_DELAY = Duration.ofMillis(5);
    private static final Duration WARM_UP = Duration.ofSeconds(20);
    /** A run of a few minutes would mostly measure how the JVM compiles. */
    private static final Duration WARM_UP_OF_SHORT_RUN = Duration.ofSeconds(90);

    private static final int SHORT_RUN_MINUTES = 5;
    private static final Duration RETENTION = Duration.ofSeconds(40);
    /** For the jobs whose replica was killed: another one takes them over within 30 s. */
    private static final Duration UNTIL_FINISHED = Duration.ofMinutes(2);

    /**
     * Until all jobs have expired, and the web server has ended its idle threads, which takes a minute without calls.
     */
    private static final Duration AT_REST = RETENTION.plusSeconds(35);

    /** Often enough that every job is seen between its end and its expiry. */
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

    private final Run run;
    private final Service service;
    private final SoakLedger ledger = new SoakLedger();
    private final Outages outages = new Outages();
    private final LogWatch logs = new LogWatch();
    private final SoakCalls calls;
    private final RudeCrowd crowd;

    /** Starts further clients that only a certain storage has. */
    @FunctionalInterface
    private interface MoreRudeClients {
        void start(RudeClients clients);
    }

    private SoakCase(Run run, Service service, Origin origin, SharedStoreMaster stores, DeadHost dead)
            throws IOException {
        this.run = run;
        this.service = service;
        this.calls = new SoakCalls(service.server(), new SoakBodies(origin.url(Photo.SMALL)), ledger, stores);
        this.crowd = new RudeCrowd(service.server(), ledger, stores, dead.url(Photo.SMALL));
        logs.add(service.server().log());
    }

    static void measure(Run run, String storage, int minutes) throws IOException, InterruptedException {
        var stores = new SharedStoreMaster(run);
        String[] settings = {"jobs.retention=" + RETENTION.toSeconds() + "s", "store-master=" + stores.file()};
        try (var origin = Origin.slow(run, ORIGIN_DELAY);
                var dead = new DeadHost()) {
            if (storage.equals("memory")) {
                try (var service = Service.start(run, "memory", List.of(HEAP, EXIT), settings)) {
                    var soak = new SoakCase(run, service, origin, stores, dead);
                    if (soak.judged(storage, minutes, clients -> {})) {
                        soak.judgeJobs(storage, Vitals.countedImages(service.server()), true);
                    }
                }
            } else {
                measureWithDatabase(run, minutes, origin, stores, dead, settings);
            }
        }
    }

    private static void measureWithDatabase(
            Run run, int minutes, Origin origin, SharedStoreMaster stores, DeadHost dead, String[] settings)
            throws IOException, InterruptedException {
        try (var database = Database.start(run)) {
            DatabaseTrouble.createRole(database);
            List<String> storage = database.settings(DatabaseTrouble.ROLE);
            try (var service = Service.start(run, "replica-1", List.of(HEAP, EXIT), storage, settings)) {
                var soak = new SoakCase(run, service, origin, stores, dead);
                // Replicas run on machines of their own: the start of this one shall not take the first one's cores.
                List<String> flags = List.of(HEAP, EXIT, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
                try (var second = new SecondReplica(
                        name -> Service.startBehind(run, name, flags, storage, settings), soak.logs)) {
                    var trouble = new DatabaseTrouble(database, service.server(), soak.outages);
                    boolean lives = soak.judged("postgres", minutes, clients -> {
                        clients.start("terminated backends", seconds(10), seconds(20), trouble::terminateBackends);
                        clients.start("revoked rights", seconds(35), seconds(200), trouble::revokeRight);
                        clients.start("replica killed", seconds(5), seconds(110), second::killAndRestart);
                    });
                    if (lives) {
                        long bySecond = second.countedImages();
                        soak.judgeJobs("postgres", Vitals.countedImages(service.server()) + bySecond, false);
                        new SoakVerdict(run, "postgres").secondReplica(bySecond);
                    }
                }
            }
        }
    }

    private static Duration seconds(int seconds) {
        return RudeCrowd.seconds(seconds);
    }

    /** Runs all clients and judges them; returns false if the service has died meanwhile. */
    private boolean judged(String storage, int minutes, MoreRudeClients more) throws IOException, InterruptedException {
        var verdict = new SoakVerdict(run, storage);
        var scores = new Scores(outages);
        double begin = Math.min(2, minutes / 2.0);
        Thread watcher = Thread.ofVirtual().start(this::watch);
        try {
            run.report().line("warming up");
            let(new Scores(outages), minutes < SHORT_RUN_MINUTES ? WARM_UP_OF_SHORT_RUN : WARM_UP, more);
            run.report().line("%.0f minutes, of which %.1f until the first measurement", (double) minutes, begin);
            let(scores, minutes(begin), more);
            Vitals atBegin = measured();
            let(scores, minutes(minutes - begin), more);
            Vitals atEnd = measured();
            ledger.loseUnfinished();
            verdict.calls(scores, GoodClients.rate(calls.kinds()));
            if (outages.count() > 0) {
                verdict.outages(scores, outages.count());
            }
            verdict.vitals(atBegin, atEnd);
            return true;
        } catch (ServiceDied e) {
            verdict.died(e.getMessage());
            return false;
        } finally {
            watcher.interrupt();
            watcher.join();
        }
    }

    /** Reads unfinished jobs in turn, also between two periods, when no good client calls. Ends when interrupted. */
    private void watch() {
        try {
            while (true) {
                Thread.sleep(BETWEEN_LOOKS);
                SoakJob job = ledger.nextUnfinished();
                // A good client that has just submitted the job reads it sooner.
                if (job != null && job.ageSeconds() > 2) {
                    look(job);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(SoakJob job) {
        try {
            calls.job(System.nanoTime(), job);
        } catch (IOException e) {
            // Good clients report what is wrong with calls; the next look follows.
        }
    }

    private static Duration minutes(double minutes) {
        return Duration.ofSeconds(Math.round(60 * minutes));
    }

    private void judgeJobs(String storage, long counted, boolean complete) {
        var verdict = new SoakVerdict(run, storage);
        verdict.log(logs, ledger.jobs());
        verdict.jobs(ledger, counted, complete);
    }

    /** Ends the case early. */
    private static final class ServiceDied extends Exception {
        private static final long serialVersionUID = 1L;

        ServiceDied(String message) {
            super(message);
        }
    }

    /** Lets all clients use the service for some time. */
    private void let(Scores scores, Duration time, MoreRudeClients more)
            throws IOException, InterruptedException, ServiceDied {
        Duration serviceCpu = service.cpuTime();
        Duration clientsCpu = ownCpuTime();
        long begin = System.nanoTime();
        RudeClients rude = crowd.start();
        more.start(rude);
        try (rude;
                var _ = GoodClients.start(calls.kinds(), scores)) {
            long end = System.nanoTime() + time.toNanos();
            while (System.nanoTime() < end) {
                Thread.sleep(1_000);
                tick();
            }
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        run.report()
                .line(
                        "cores in use: service %.2f, clients %.2f",
                        service.cpuTime().minus(serviceCpu).toMillis() / 1e3 / seconds,
                        ownCpuTime().minus(clientsCpu).toMillis() / 1e3 / seconds);
        run.report().line("rude clients: %s", String.join(", ", rude.summary()));
        rude.failures().forEach(failure -> run.report().line("  %s", failure));
        logs.count();
    }

    private static Duration ownCpuTime() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private void tick() throws IOException, ServiceDied {
        logs.count();
        if (!service.server().isAlive()) {
            throw new ServiceDied(service.failure("died").getMessage());
        }
    }

    /** Waits until the service has nothing to do and nothing to keep, and measures what it holds then. */
    private Vitals measured() throws IOException, InterruptedException, ServiceDied {
        long end = System.nanoTime() + UNTIL_FINISHED.toNanos();
        while (!ledger.allFinished() && System.nanoTime() < end) {
            tick();
            Thread.sleep(1_000);
        }
        end = System.nanoTime() + AT_REST.toNanos();
        while (System.nanoTime() < end) {
            tick();
            Thread.sleep(1_000);
        }
        if (!expired()) {
            run.report().line("jobs have not expired");
        }
        Vitals vitals = Vitals.of(service.server());
        run.report()
                .line(
                        "at rest: heap %,d KiB, %d threads, %d open files",
                        vitals.heapKiB(), vitals.threads(), vitals.files());
        run.report().line("open: %s", service.server().openFiles());
        return vitals;
    }

    private boolean expired() throws IOException {
        return Http.get(service.server().url("/api/jobs?limit=1")).body().contains("\"items\":[]");
    }
}
