package io.imageprocessor.demo;

import io.imageprocessor.job.ImageFilter;
import io.imageprocessor.job.JobCounts;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobQueries;
import java.time.Duration;
import java.util.List;
import lombok.RequiredArgsConstructor;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs the demo when the service is ready: submits two jobs over HTTP, shows their progress, and prints the results.
 *
 * <p>It runs on its own thread, so that the service can be stopped meanwhile.
 */
@Component
@Profile("demo")
@RequiredArgsConstructor
class DemoRun {

    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);

    private final Environment environment;
    private final JsonMapper json;
    private final JobQueries jobs;
    private final Terminal terminal;
    private final Thread thread = Thread.ofPlatform().daemon().name("demo").unstarted(this::run);

    @EventListener(ApplicationReadyEvent.class)
    void start() {
        thread.start();
    }

    @EventListener(ContextClosedEvent.class)
    void stop() {
        thread.interrupt();
    }

    private void run() {
        String baseUrl = "http://localhost:" + environment.getRequiredProperty("local.server.port");
        DemoClient client = new DemoClient(baseUrl, json);
        DemoJobs samples = new DemoJobs(baseUrl);
        try {
            print("");
            print("The service is up, with %d sample photos such as %s%s"
                    .formatted(
                            DemoPhotos.ALL.size(),
                            baseUrl + DemoPhotos.PATH,
                            DemoPhotos.ALL.getFirst().name()));
            print("");
            List<JobId> ids = List.of(
                    submit(client, samples.good(), "every photo, in each of four stores"),
                    submit(client, samples.bad(), "a missing photo and an unknown store"));
            waitFor(ids);
            printResults(ids);
            ids.forEach(id -> print("GET " + DemoClient.statusPath(id), client.status(id), ""));
            print("The service stays up until Ctrl+C. Three calls to try from another terminal:", "");
            print(client.curlSubmit(samples.single()));
            print(client.curl(DemoClient.statusPath(ids.getLast())));
            print(client.curl(DemoClient.HEALTH));
        } catch (InterruptedException e) {
            // The service is stopping.
        }
    }

    private JobId submit(DemoClient client, DemoJobs.Submission job, String description) {
        JobId id = client.submit(job);
        print("Submitted job %s: %2d images, %s".formatted(id, job.images(), description));
        return id;
    }

    private void waitFor(List<JobId> ids) throws InterruptedException {
        print("");
        int total = ids.stream().mapToInt(id -> counts(id).total()).sum();
        ProgressBar bar = new ProgressBar(terminal, total);
        long start = System.nanoTime();
        int done = 0;
        while (done < total) {
            Thread.sleep(POLL_INTERVAL);
            done = total - ids.stream().mapToInt(id -> counts(id).unfinished()).sum();
            bar.show(done, Duration.ofNanos(System.nanoTime() - start));
        }
        print("");
    }

    private JobCounts counts(JobId id) {
        return jobs.status(id).orElseThrow().counts();
    }

    private void printResults(List<JobId> ids) {
        ResultTable.header().forEach(this::print);
        for (JobId id : ids) {
            jobs.images(id, ImageFilter.ANY, 0, Integer.MAX_VALUE)
                    .orElseThrow()
                    .forEach(image -> image.result()
                            .ifPresent(result ->
                                    print(ResultTable.row(image.visit().storeId(), image.url(), result))));
            print(ResultTable.rule());
        }
        print("");
    }

    private void print(String... lines) {
        for (String line : lines) {
            terminal.line(line);
        }
    }
}
