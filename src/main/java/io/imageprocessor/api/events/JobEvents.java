package io.imageprocessor.api.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.imageprocessor.job.JobCounts;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobStatus;
import java.time.Instant;
import lombok.RequiredArgsConstructor;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Formats the state of a job as <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">server-sent
 * events</a>. Thread-safe.
 */
@Component
@RequiredArgsConstructor
class JobEvents {

    /** Id of the last event of a job. */
    static final String FINISHED = "finished";

    private final JsonMapper json;

    /** Returns a {@code progress} event, whose id is the version of the job. */
    byte[] progress(JobStatus job) {
        return event(progressId(job), "progress", body(job, null));
    }

    /** Returns the {@code finished} event of a finished job. */
    byte[] finished(JobStatus job) {
        return event(FINISHED, "finished", body(job, job.finishedAt().orElseThrow()));
    }

    /** Returns the id of the {@code progress} event. */
    static String progressId(JobStatus job) {
        return Long.toString(job.version());
    }

    private Body body(JobStatus job, @Nullable Instant finishedAt) {
        return new Body(job.id(), job.state().code(), job.counts(), job.progress(), finishedAt);
    }

    /** The JSON has no line breaks, so it is one {@code data} line. */
    private byte[] event(String id, String type, Body body) {
        return "id: %s\nevent: %s\ndata: %s\n\n"
                .formatted(id, type, json.writeValueAsString(body))
                .getBytes(UTF_8);
    }

    /**
     * The data of an event.
     *
     * @param progress share of the images that have a result, 0 to 1
     * @param finishedAt present in the last event only
     */
    private record Body(
            @JsonProperty("job_id") JobId jobId,
            String status,
            JobCounts counts,
            double progress,

            @JsonProperty("finished_at") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Instant finishedAt) {}
}
