import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The service under test, in its own process. Used only through its HTTP API. */
final class Service implements AutoCloseable {

    /** An accepted job; {@code sent} is the {@link System#nanoTime()} at the start of its submission. */
    record Job(String id, int images, long sent, Duration accepted) {}

    private static final Pattern JOB_ID = Pattern.compile("\"job_id\"\\s*:\\s*\"?(\\d+)");
    private static final Pattern NEXT_CURSOR = Pattern.compile("\"next_cursor\"\\s*:\\s*(?:null|\"([^\"]+)\")");
    private static final Pattern SUCCEEDED =
            Pattern.compile("imageprocessor_images_total\\{[^}]*outcome=\"succeeded\"[^}]*} (\\S+)");
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
     * Starts the service as shipped, but with downloads from loopback allowed, and waits until it is ready.
     *
     * @param name name of the log
     * @param jvmFlags flags of the case; {@code BENCH_JAVA_OPTS} override them
     * @param settings settings of the service as {@code name=value}, without the prefix {@code imageprocessor.}
     */
    static Service start(Run run, String name, List<String> jvmFlags, String... settings)
            throws IOException, InterruptedException {
        return start(run, name, jvmFlags, List.of(), settings);
    }

    /** Starts the service with its jobs in this database. */
    static Service start(Run run, String name, List<String> jvmFlags, Database database, String... settings)
            throws IOException, InterruptedException {
        return start(run, name, jvmFlags, database.settings(), settings);
    }

    /** Starts the service with further settings of Spring Boot, as {@code name=value}. */
    static Service start(Run run, String name, List<String> jvmFlags, List<String> storage, String... settings)
            throws IOException, InterruptedException {
        return start(run, name, List.of(), jvmFlags, storage, settings);
    }

    /** Starts the service so that it gets the cores only while no other process needs them. */
    static Service startBehind(Run run, String name, List<String> jvmFlags, List<String> storage, String... settings)
            throws IOException, InterruptedException {
        return start(run, name, List.of("nice", "-n", "19"), jvmFlags, storage, settings);
    }

    private static Service start(
            Run run,
            String name,
            List<String> launcher,
            List<String> jvmFlags,
            List<String> storage,
            String... settings)
            throws IOException, InterruptedException {
        int port = Server.freePort();
        List<String> command = new ArrayList<>(launcher);
        command.add(java());
        command.addAll(jvmFlags);
        command.addAll(extraFlags());
        command.addAll(List.of(
                "-jar",
                run.jar().toString(),
                "--server.port=" + port,
                "--imageprocessor.download.private-networks=allow"));
        storage.forEach(setting -> command.add("--" + setting));
        if (Arrays.stream(settings).noneMatch(setting -> setting.startsWith("store-master="))) {
            command.add("--imageprocessor.store-master=store_master.csv");
        }
        for (String setting : settings) {
            command.add("--imageprocessor." + setting);
        }
        run.report().line("starting the service: %s", settings.length == 0 ? "defaults" : String.join(" ", settings));
        return new Service(run, new Server(run, "service-" + name, port, command));
    }

    /** Returns the path of the {@code java} that runs this program. */
    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Returns the JVM flags of the environment variable {@code BENCH_JAVA_OPTS}, which separates them by blanks. */
    static List<String> extraFlags() {
        String flags = System.getenv().getOrDefault("BENCH_JAVA_OPTS", "").strip();
        return flags.isEmpty() ? List.of() : List.of(flags.split("\\s+"));
    }

    /** Submits a job with copies of one photo, each with a URL that was never used before. */
    Job submit(Origin origin, Photo photo, int images) throws IOException {
        return submit(origin.url(photo), images);
    }

    /** Submits a job with copies of the photo at this URL, each with a query that was never used before. */
    Job submit(String photoUrl, int images) throws IOException {
        var body = new JobBody(photoUrl, nextImage, images);
        nextImage += images;
        long sent = System.nanoTime();
        Http.Answer answer = call("submit", () -> Http.post(server.url("/api/submit"), body));
        Duration accepted = Duration.ofNanos(System.nanoTime() - sent);
        Matcher id = JOB_ID.matcher(answer.body());
        if (answer.status() != 201 || !id.find()) {
            throw server.failure("did not accept a job of " + images + " images: " + shortened(answer));
        }
        return new Job(id.group(1), images, sent, accepted);
    }

    boolean ongoing(Job job) throws IOException {
        Http.Answer answer = call("status", () -> Http.get(server.url("/api/status?jobid=" + job.id())));
        Matcher status = STATUS.matcher(answer.body());
        if (answer.status() != 200 || !status.find()) {
            throw server.failure("did not report the status of job " + job.id() + ": " + shortened(answer));
        }
        return switch (status.group(1)) {
            case "ongoing" -> true;
            case "completed" -> false;
            default -> throw server.failure("reports that job " + job.id() + " failed: " + shortened(answer));
        };
    }

    /**
     * Reads a page of the images of a job.
     *
     * @param cursor cursor of the page; empty for the first page
     * @return cursor of the next page; empty after the last page
     */
    String nextPage(Job job, int limit, String cursor) throws IOException {
        String path =
                "/api/jobs/" + job.id() + "/images?limit=" + limit + (cursor.isEmpty() ? "" : "&cursor=" + cursor);
        Http.Answer answer = call("page of images", () -> Http.get(server.url(path)));
        Matcher next = NEXT_CURSOR.matcher(answer.body());
        if (answer.status() != 200 || !next.find()) {
            throw server.failure("did not return a page of images: " + shortened(answer));
        }
        return next.group(1) == null ? "" : next.group(1);
    }

    /**
     * Reads the CSV of a job, which must have a row for each image.
     *
     * @param halfWay runs after half of the rows have been read
     */
    void export(Job job, Action halfWay) throws IOException {
        long rows = -1; // without the header
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
            throw server.failure("returned a CSV of " + rows + " rows for a job of " + job.images() + " images");
        }
    }

    /** An action that may fail with an I/O error. */
    @FunctionalInterface
    interface Action {
        void run() throws IOException;
    }

    /** Returns the used heap after a full garbage collection, in MiB. */
    long liveHeapMiB() throws IOException {
        return server.liveHeapKiB() / 1024;
    }

    /** Returns the process of the service. */
    Server server() {
        return server;
    }

    /** Runs a job; returns the seconds from the first byte of the submission to the first status after ongoing. */
    double secondsFor(Origin origin, Photo photo, int images) throws IOException, InterruptedException {
        long before = origin.requests();
        Job job = submit(origin, photo, images);
        double seconds = awaitCompleted(job, Duration.ofMillis(20), nanos -> {});
        requireFetched(origin, before, images);
        return seconds;
    }

    /** Submits jobs one after another; returns the seconds from the first submission to the end of the last job. */
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

    /** Polls the status until the job is completed; see {@link StatusCalls#awaitCompleted}. */
    double awaitCompleted(Job job, Duration interval, LongConsumer latency) throws InterruptedException {
        return StatusCalls.awaitCompleted(List.of(this), job, interval, latency);
    }

    BenchmarkFailure failure(String what) {
        return server.failure(what);
    }

    Report report() {
        return run.report();
    }

    /** Connects listeners to the job's events. */
    Listeners listen(Job job, int count) throws IOException {
        return Listeners.connect(URI.create(server.url("/api/jobs/" + job.id() + "/events")), count);
    }

    /** Fails if the origin has received fewer requests than the job has images; the figure would be invalid. */
    void requireFetched(Origin origin, long requestsBefore, int images) throws IOException {
        long fetched = origin.requests() - requestsBefore;
        if (fetched < images) {
            throw server.failure("completed a job of " + images + " images, but the origin saw " + fetched);
        }
    }

    /** Returns whether the service exports metrics of its images. */
    boolean hasMetrics() throws IOException {
        return scrape().contains("imageprocessor_images_total{");
    }

    /** Returns the number of images that were measured so far. */
    long succeededImages() throws IOException {
        Matcher succeeded = SUCCEEDED.matcher(scrape());
        if (!succeeded.find()) {
            throw server.failure("does not count the images that succeeded");
        }
        return (long) Double.parseDouble(succeeded.group(1));
    }

    /** Returns whether any job is not finished. */
    boolean hasOngoingJobs() throws IOException {
        return !call("jobs", () -> Http.get(server.url("/api/jobs?status=ongoing&limit=1")))
                .body()
                .contains("\"items\":[]");
    }

    private String scrape() throws IOException {
        return call("scrape", () -> Http.get(server.url("/actuator/prometheus")))
                .body();
    }

    /**
     * Submits one-image jobs from many clients for some seconds; returns how many were accepted.
     *
     * @param clients number of clients, each of which sends one submission after the other
     */
    long submitForSeconds(Origin origin, Photo photo, int clients, int seconds) throws IOException {
        long jobs = Wrk.jobs(server.url("/api/submit"), origin.url(photo), nextImage, clients, seconds);
        nextImage += jobs + clients;
        return jobs;
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
            throw server.failure("failed a " + what + " call: " + e);
        }
    }

    private static String shortened(Http.Answer answer) {
        String body = answer.body();
        return answer.status() + " " + (body.length() > 1000 ? body.substring(0, 1000) + " ..." : body);
    }
}
