package io.imageprocessor.api.jobs;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.imageprocessor.api.ApiSettings.JobIdType;
import io.imageprocessor.job.JobCounts;
import io.imageprocessor.job.JobStatus;
import io.imageprocessor.job.TraceParent;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Where a job stands, as the list of jobs tells it.
 *
 * @param jobId a number or a string, as {@code imageprocessor.api.job-id-type} says; so are all ids of jobs
 * @param label as the client gave it; null if it gave none
 * @param status {@code ongoing}, {@code completed}, {@code failed} or {@code cancelled}
 * @param startedAt when the first image was started; null if none was
 * @param finishedAt null exactly while the job is ongoing
 * @param progress the part of the images that need no more work, 0 to 1
 * @param imagesPerSecond images worked through a second since the first was started; null unless the job is ongoing and
 *     one was
 * @param secondsLeft an estimate of the time that the rest takes, rounded up; null as above
 * @param retryOf the job whose failed images this one tries again; null if there is none
 * @param retries jobs that try the failed images of this one again, oldest first
 * @param traceId of the trace that the submission was part of, 32 hexadecimal digits; null if there is none
 */
record JobSummary(
        @JsonProperty("job_id") Object jobId,
        @Nullable String label,
        String status,
        @JsonProperty("submitted_at") Instant submittedAt,
        @JsonProperty("started_at") @Nullable Instant startedAt,
        @JsonProperty("finished_at") @Nullable Instant finishedAt,
        JobCounts counts,
        double progress,
        @JsonProperty("images_per_second") @Nullable Double imagesPerSecond,
        @JsonProperty("seconds_left") @Nullable Long secondsLeft,
        @JsonProperty("retry_of") @Nullable Object retryOf,
        List<Object> retries,
        @JsonProperty("trace_id") @Nullable String traceId) {

    /** @param now to which the rate is taken */
    static JobSummary of(JobStatus job, JobIdType idType, Instant now) {
        OptionalDouble rate = job.imagesPerSecond(now);
        return new JobSummary(
                idType.write(job.id()),
                job.head().label().orElse(null),
                job.state().code(),
                job.submittedAt(),
                job.startedAt().orElse(null),
                job.finishedAt().orElse(null),
                job.counts(),
                job.progress(),
                rate.isPresent() ? rate.getAsDouble() : null,
                job.timeLeft(now).map(left -> left.plusMillis(999).toSeconds()).orElse(null),
                job.head().retryOf().map(idType::write).orElse(null),
                job.retries().stream().map(idType::write).toList(),
                job.head().traceParent().map(TraceParent::traceId).orElse(null));
    }
}
