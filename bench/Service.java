import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The service under test, as a process of its own, spoken to through its HTTP API alone. */
final class Service implements AutoCloseable {

    /** A job that was accepted; {@code sent} is the {@link System#nanoTime()} at which its submission was begun. */
    record Job(String id, int images, long sent, Duration accepted) {}

    private static final Pattern JOB_ID = Pattern.compile("\"job_id\"\\s*:\\s*\"?(\\d+)");
    private static final Pattern NEXT_CURSOR = Pattern.compile("\"next_cursor\"\\s*:\\s*(?:null|\"([^\"]+)\")");
    private static final Pattern STATUS = Pattern.compile("\"status\"\\s*:\\s*\"(\\w+)\"");

    private final Run run;
    private final Server server;
    private long nextImage = 1;

    private Service(Run run, Server server) throws InterruptedException {
        this.run = run;
        this.server = server;
        server.awaitReady("/actuator/health/readiness");
    }

    /**
     * Starts the service, as it is shipped but for its way to the origin, and waits until it is ready.
     *
     * @param name names the log
     * @param jvmFlags the case's flags; {@code BENCH_JAVA_OPTS} come after, and so win
     * @param settings settings of the service, as {@code name=value}
     */
    static Service start(Run run, String name, List<String> jvmFlags, String... settings)
            throws IOException, InterruptedException {
        return start(run, name, jvmFlags, List.of(), settings);
    }

    /** The same, with its jobs in that database. */
    static Service start(Run run, String name, List<String> jvmFlags, Database database, String... settings)
            throws IOException, InterruptedException {
        return start(run, name, jvmFlags, database.settings(), settings);
    }

    private static Service start(Run run, String name, List<String> jvmFlags, List<String> storage, String... settings)
            throws IOException, InterruptedException {
        int port = Server.freePort();
        List<String> command = new ArrayList<>(List.of(java()));
        command.addAll(jvmFlags);
        command.addAll(extraFlags());
        command.addAll(List.of(
                "-jar",
                run.jar().toString(),
                "--server.port=" + port,
                "--imageprocessor.store-master=store_master.csv",
                "--imageprocessor.download.private-networks=allow"));
        storage.forEach(setting -> command.add("--" + setting));
        for (String setting : settings) {
            command.add("--imageprocessor." + setting);
        }
        run.report().line("starting the service: %s", settings.length == 0 ? "defaults" : String.join(" ", settings));
        return new Service(run, new Server(run, "service-" + name, port, command));
    }

    /** The {@code java} that runs this program. */
    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** The JVM flags of the environment variable {@code BENCH_JAVA_OPTS}, separated by blanks. */
    static List<String> extraFlags() {
        String flags = System.getenv().getOrDefault("BENCH_JAVA_OPTS", "").strip();
        return flags.isEmpty() ? List.of() : List.of(flags.split("\\s+"));
    }

    /** Submits a job of that many images of one photo, each under a URL never used before. */
    Job submit(Origin origin, Photo photo, int images) throws IOException {
        return submit(origin.url(photo), images);
    }

    /** Submits a job of that many images of the photo at this URL, each with a query never used before. */
    Job submit(String photoUrl, int images) throws IOException {
        var body = new JobBody(photoUrl, nextImage, images);
        nextImage += images;
        long sent = System.nanoTime();
        Http.Answer answer = call("submit", () -> Http.post(server.url("/api/submit"), body));
        Duration accepted = Duration.ofNanos(System.nanoTime() - sent);
        Matcher id = JOB_ID.matcher(answer.body());
        if (answer.status() != 201 || !id.find()) {
            throw server.failure("did not accept a job of " + images + " images: " + shown(answer));
        }
        return new Job(id.group(1), images, sent, accepted);
    }

    boolean ongoing(Job job) throws IOException {
        Http.Answer answer = call("status", () -> Http.get(server.url("/api/status?jobid=" + job.id())));
        Matcher status = STATUS.matcher(answer.body());
        if (answer.status() != 200 || !status.find()) {
            throw server.failure("did not tell the status of job " + job.id() + ": " + shown(answer));
        }
        return switch (status.group(1)) {
            case "ongoing" -> true;
            case "completed" -> false;
            default -> throw server.failure("reports that job " + job.id() + " failed: " + shown(answer));
        };
    }

    /**
     * Reads a page of the images of a job.
     *
     * @param cursor where the page begins; empty for the first one
     * @return where the next one begins; empty if this was the last
     */
    String nextPage(Job job, int limit, String cursor) throws IOException {
        String path =
                "/api/jobs/" + job.id() + "/images?limit=" + limit + (cursor.isEmpty() ? "" : "&cursor=" + cursor);
        Http.Answer answer = call("page of images", () -> Http.get(server.url(path)));
        Matcher next = NEXT_CURSOR.matcher(answer.body());
        if (answer.status() != 200 || !next.find()) {
            throw server.failure("did not give a page of images: " + shown(answer));
        }
        return next.group(1) == null ? "" : next.group(1);
    }

    /**
     * Reads the CSV of a job, which has to have a row for each image.
     *
     * @param halfWay run when half of the rows are read, before more are
     */
    void export(Job job, Action halfWay) throws IOException {
        long rows = -1; // the header is none
        boolean pastHalf = false;
        var buffer = new byte[1 << 16];
        try (InputStream csv = Http.stream(server.url("/api/jobs/" + job.id() + "/images"), "text/csv")) {
            for (int read = csv.read(buffer); read >= 0; read = csv.read(buffer)) {
                for (int i = 0; i < read; i++) {
                    rows += buffer[i] == '\n' ? 1 : 0;
                }
                if (!pastHalf && rows > job.images() / 2) {
                    pastHalf = true;
                    halfWay.run();
                }
            }
        }
        if (rows != job.images()) {
            throw server.failure("gave a CSV of " + rows + " rows for a job of " + job.images() + " images");
        }
    }

    /** Something to do that reads or writes. */
    @FunctionalInterface
    interface Action {
        void run() throws IOException;
    }

    /** MiB of heap in use after a full collection. */
    long liveHeapMiB() throws IOException {
        return server.liveHeapMiB();
    }

    /** Runs a job to its end; the seconds from the submission's first byte to the first status that is not ongoing. */
    double secondsFor(Origin origin, Photo photo, int images) throws IOException, InterruptedException {
        long before = origin.requests();
        Job job = submit(origin, photo, images);
        double seconds = awaitCompleted(job, Duration.ofMillis(20), nanos -> {});
        requireFetched(origin, before, images);
        return seconds;
    }

    /** Runs jobs to their ends, submitted one after another; the seconds from the first submission to the last end. */
    double secondsFor(Origin origin, Photo photo, int jobs, int imagesEach) throws IOException, InterruptedException {
        long before = origin.requests();
        long start = System.nanoTime();
        List<Job> submitted = new ArrayList<>();
        for (int job = 0; job < jobs; job++) {
            submitted.add(submit(origin, photo, imagesEach));
        }
        for (Job job : submitted) {
            while (ongoing(job)) {
                Thread.sleep(5);
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        requireFetched(origin, before, jobs * imagesEach);
        return seconds;
    }

    /** Asks for the status at a fixed beat until the job is completed; see {@link StatusCalls#awaitCompleted}. */
    double awaitCompleted(Job job, Duration beat, LongConsumer latency) throws InterruptedException {
        return StatusCalls.awaitCompleted(List.of(this), job, beat, latency);
    }

    BenchmarkFailure failure(String what) {
        return server.failure(what);
    }

    Report report() {
        return run.report();
    }

    /** Connects that many listeners to the job's events. */
    Listeners listen(Job job, int count) throws IOException {
        return Listeners.connect(URI.create(server.url("/api/jobs/" + job.id() + "/events")), count);
    }

    /** A completed job whose photos were not all asked for would make any figure look good. */
    void requireFetched(Origin origin, long requestsBefore, int images) throws IOException {
        long fetched = origin.requests() - requestsBefore;
        if (fetched < images) {
            throw server.failure("completed a job of " + images + " images, but the origin saw " + fetched);
        }
    }

    /** Whether it counts its images. */
    boolean metered() throws IOException {
        Http.Answer answer = call("scrape", () -> Http.get(server.url("/actuator/prometheus")));
        return answer.body().contains("imageprocessor_images_total{");
    }

    Duration cpuTime() {
        return server.cpuTime();
    }

    String peakMemory() throws IOException {
        return server.peakMemory();
    }

    @Override
    public void close() {
        server.close();
    }

    @FunctionalInterface
    private interface Call {
        Http.Answer send() throws IOException;
    }

    private Http.Answer call(String what, Call call) {
        try {
            return call.send();
        } catch (IOException e) {
            throw server.failure("did not answer a " + what + " call: " + e);
        }
    }

    private static String shown(Http.Answer answer) {
        String body = answer.body();
        return answer.status() + " " + (body.length() > 1000 ? body.substring(0, 1000) + " ..." : body);
    }
}
