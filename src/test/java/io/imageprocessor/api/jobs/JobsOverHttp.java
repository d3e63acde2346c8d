package io.imageprocessor.api.jobs;

import io.imageprocessor.ApiClient;
import io.imageprocessor.ServiceTest;
import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobQueries;
import io.imageprocessor.job.JobStore;
import io.imageprocessor.job.Jobs;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads jobs over HTTP that the test itself saves and processes in the store. */
@ServiceTest
abstract class JobsOverHttp {

    static final ImageResult SUCCEEDED = new ImageResult.Succeeded(640, 480, "jpeg", 10_000, 1, 20, 250);
    static final ImageResult FAILED = new ImageResult.Failed(FailureCode.TIMEOUT, "no answer in time", 3, 30_000);

    @LocalServerPort
    int port;

    @Autowired
    JobStore store;

    @Autowired
    JobQueries queries;

    ApiClient client;

    @BeforeEach
    void connect() {
        client = new ApiClient(port);
    }

    Jobs jobs() {
        return Jobs.job(store.nextId().value());
    }

    Job saved(Jobs jobs) {
        Job job = jobs.build();
        store.save(job, _ -> {});
        return job;
    }

    void work(Job job, int index, ImageResult result) {
        store.start(job.id(), index);
        store.record(job.id(), index, result);
    }

    /** Saves a job with an image in each state, in the order of the states, and one of an unknown store. */
    Job oneOfEach() {
        Job job = saved(jobs().visit("S1", "http://a/0", "http://a/1", "http://a/2", "http://a/3")
                .visit("S00000000", "http://a/4"));
        store.start(job.id(), 1);
        work(job, 2, SUCCEEDED);
        work(job, 3, FAILED);
        return job;
    }

    static List<String> urls(int images) {
        return IntStream.range(0, images).mapToObj(i -> "http://a/" + i).toList();
    }

    static String imagesOf(Job job) {
        return "/api/jobs/" + job.id() + "/images";
    }

    List<JsonNode> items(Job job, String query) {
        return json(client.get(imagesOf(job) + query))
                .get("items")
                .valueStream()
                .toList();
    }

    static JsonNode json(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body());
    }
}
