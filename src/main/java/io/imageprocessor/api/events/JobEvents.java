package io.imageprocessor.api.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.imageprocessor.api.ApiSettings;
import io.imageprocessor.job.JobCounts;
import io.imageprocessor.job.JobStatus;
import java.time.Instant;
import lombok.RequiredArgsConstructor;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes where a job stands as server-sent events: see <a
 * href="https://html.spec.whatwg.org/multipage/server-sent-events.html">the standard</a>. Thread-safe.
 */
@Component
@RequiredArgsConstructor
class JobEvents {

    /** The id of the event after which there is none. */
    static final String FINISHED = "finished";

    private final JsonMapper json;
    private final ApiSettings settings;

    /** Where the job stands; the event's id is the version of that. */
    byte[] progress(JobStatus job) {
        return event(progressId(job), "progress", body(job, null));
    }

    /** The job's end, for a job that has come to it. */
    byte[] finished(JobStatus job) {
        return event(FINISHED, "finished", body(job, job.finishedAt().orElseThrow()));
    }

    /** The id of the {@code progress} event. */
    static String progressId(JobStatus job) {
        return Long.toString(job.version());
    }

    private Body body(JobStatus job, @Nullable Instant finishedAt) {
        return new Body(
                settings.jobIdType().write(job.id()), job.state().code(), job.counts(), job.progress(), finishedAt);
    }

    /** JSON has no line breaks of its own here, and so is one line of data. */
    private byte[] event(String id, String type, Body body) {
        return "id: %s\nevent: %s\ndata: %s\n\n"
                .formatted(id, type, json.writeValueAsString(body))
                .getBytes(UTF_8);
    }

    /**
     * What an event tells.
     *
     * @param jobId a number or a string, as {@code imageprocessor.api.job-id-type} says
     * @param progress the part of the images that need no more work, 0 to 1
     * @param finishedAt told at the end alone
     */
    private record Body(
            @JsonProperty("job_id") Object jobId,
            String status,
            JobCounts counts,
            double progress,

            @JsonProperty("finished_at") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Instant finishedAt) {}
}
