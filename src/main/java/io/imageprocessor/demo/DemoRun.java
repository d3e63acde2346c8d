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
 * The demo: once the service is ready, submits two jobs to it over HTTP as any client would, shows how far they are,
 * and prints what became of each photo. Runs on a thread of its own, so that the service can be stopped meanwhile.
 */
@Component
@Profile("demo")
@RequiredArgsConstructor
class DemoRun {

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

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
            say("");
            say("The service is up, with %d sample photos such as %s%s"
                    .formatted(
                            DemoPhotos.ALL.size(),
                            baseUrl + DemoPhotos.PATH,
                            DemoPhotos.ALL.getFirst().name()));
            say("");
            List<JobId> ids = List.of(
                    submit(client, samples.good(), "every photo, in each of four stores"),
                    submit(client, samples.bad(), "a missing photo and an unknown store"));
            waitFor(ids);
            printResults(ids);
            ids.forEach(id -> say("GET " + DemoClient.statusPath(id), client.status(id), ""));
            say("The service stays up until Ctrl+C. Three calls to try from another terminal:", "");
            say(client.curlSubmit(samples.single()));
            say(client.curl(DemoClient.statusPath(ids.getLast())));
            say(client.curl(DemoClient.HEALTH));
        } catch (InterruptedException e) {
            // The service is being stopped, and its demo with it.
        }
    }

    private JobId submit(DemoClient client, DemoJobs.Submission job, String description) {
        JobId id = client.submit(job);
        say("Submitted job %s: %2d images, %s".formatted(id, job.images(), description));
        return id;
    }

    private void waitFor(List<JobId> ids) throws InterruptedException {
        say("");
        int total = ids.stream().mapToInt(id -> counts(id).total()).sum();
        ProgressBar bar = new ProgressBar(terminal, total);
        long start = System.nanoTime();
        int done = 0;
        while (done < total) {
            Thread.sleep(BETWEEN_LOOKS);
            done = total - ids.stream().mapToInt(id -> counts(id).unfinished()).sum();
            bar.show(done, Duration.ofNanos(System.nanoTime() - start));
        }
        say("");
    }

    private JobCounts counts(JobId id) {
        return jobs.status(id).orElseThrow().counts();
    }

    private void printResults(List<JobId> ids) {
        ResultTable.head().forEach(this::say);
        for (JobId id : ids) {
            jobs.images(id, ImageFilter.ANY, 0, Integer.MAX_VALUE)
                    .orElseThrow()
                    .forEach(image -> image.result()
                            .ifPresent(
                                    result -> say(ResultTable.row(image.visit().storeId(), image.url(), result))));
            say(ResultTable.rule());
        }
        say("");
    }

    private void say(String... lines) {
        for (String line : lines) {
            terminal.line(line);
        }
    }
}
