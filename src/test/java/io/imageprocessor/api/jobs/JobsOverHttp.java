package io.imageprocessor.api.jobs;

import io.imageprocessor.ApiClient;
import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobRepository;
import io.imageprocessor.job.Jobs;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks over HTTP for jobs that are put into the repository as the test needs them, and moved on by it alone. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
abstract class JobsOverHttp {

    static final ImageResult SUCCEEDED = new ImageResult.Succeeded(640, 480, "jpeg", 10_000, 1, 20, 250);
    static final ImageResult FAILED = new ImageResult.Failed(FailureCode.TIMEOUT, "no answer in time", 3, 30_000);

    @LocalServerPort
    int port;

    @Autowired
    JobRepository repository;

    ApiClient client;

    @BeforeEach
    void connect() {
        client = new ApiClient(port);
    }

    Jobs jobs() {
        return Jobs.job(repository.nextId().value());
    }

    Job saved(Jobs jobs) {
        Job job = jobs.build();
        repository.save(job);
        return job;
    }

    void work(Job job, int index, ImageResult result) {
        repository.start(job.id(), index);
        repository.record(job.id(), index, result);
    }

    static JsonNode json(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body());
    }
}
