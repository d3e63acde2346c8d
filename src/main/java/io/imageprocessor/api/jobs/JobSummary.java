package io.imageprocessor.api.jobs;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.imageprocessor.job.JobCounts;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobStatus;
import io.imageprocessor.job.TraceParent;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The state of a job, as in the list of jobs.
 *
 * @param label label from the client; null if it sent none
 * @param status {@code ongoing}, {@code completed}, {@code failed} or {@code cancelled}
 * @param startedAt start of the first image; null if none was started
 * @param finishedAt null if and only if the job is ongoing
 * @param progress share of the images that have a result, 0 to 1
 * @param imagesPerSecond processed images per second since the first start; null unless the job is ongoing and an image
 *     was processed
 * @param secondsLeft estimated remaining seconds, rounded up; null like {@code imagesPerSecond}
 * @param retryOf the job whose failed images this job retries; null if there is none
 * @param retries jobs that retry failed images of this job, oldest first
 * @param traceId trace of the submission, 32 hexadecimal digits; null if there is none
 */
record JobSummary(
        @JsonProperty("job_id") JobId jobId,
        @Nullable String label,
        String status,
        @JsonProperty("submitted_at") Instant submittedAt,
        @JsonProperty("started_at") @Nullable Instant startedAt,
        @JsonProperty("finished_at") @Nullable Instant finishedAt,
        JobCounts counts,
        double progress,
        @JsonProperty("images_per_second") @Nullable Double imagesPerSecond,
        @JsonProperty("seconds_left") @Nullable Long secondsLeft,
        @JsonProperty("retry_of") @Nullable JobId retryOf,
        List<JobId> retries,
        @JsonProperty("trace_id") @Nullable String traceId) {

    /** @param now the end of the time that rates are computed for */
    static JobSummary of(JobStatus job, Instant now) {
        OptionalDouble rate = job.imagesPerSecond(now);
        return new JobSummary(
                job.id(),
                job.metadata().label().orElse(null),
                job.state().code(),
                job.submittedAt(),
                job.startedAt().orElse(null),
                job.finishedAt().orElse(null),
                job.counts(),
                job.progress(),
                rate.isPresent() ? rate.getAsDouble() : null,
                job.timeLeft(now).map(left -> left.plusMillis(999).toSeconds()).orElse(null),
                job.metadata().retryOf().orElse(null),
                job.retries(),
                job.metadata().traceParent().map(TraceParent::traceId).orElse(null));
    }
}
