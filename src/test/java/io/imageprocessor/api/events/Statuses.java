package io.imageprocessor.api.events;

import io.imageprocessor.api.StubbedQueries;
import io.imageprocessor.job.JobCounts;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobMetadata;
import io.imageprocessor.job.JobReport;
import io.imageprocessor.job.JobState;
import io.imageprocessor.job.JobStatus;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** States of jobs for tests. Each job has four images, and its version is the number of measured images. */
final class Statuses {

    private static final int IMAGES = 4;
    private static final Instant SUBMITTED_AT = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant FINISHED_AT = Instant.parse("2026-01-01T00:00:07Z");

    private final Map<JobId, JobStatus> known = new ConcurrentHashMap<>();

    static JobStatus ongoing(JobId id, int measured) {
        return ongoing(id, measured, measured);
    }

    static JobStatus ongoing(JobId id, int measured, long version) {
        return status(id, JobState.ONGOING, measured, version);
    }

    static JobStatus completed(JobId id) {
        return completed(id, IMAGES);
    }

    static JobStatus completed(JobId id, long version) {
        return status(id, JobState.COMPLETED, IMAGES, version);
    }

    private static JobStatus status(JobId id, JobState state, int measured, long version) {
        return new JobStatus(
                new JobMetadata(
                        id, SUBMITTED_AT, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
                state,
                new JobCounts(IMAGES, IMAGES - measured, 0, measured, 0, 0),
                IMAGES,
                Optional.of(SUBMITTED_AT),
                state.isFinal() ? Optional.of(FINISHED_AT) : Optional.empty(),
                List.of(),
                version);
    }

    /** Makes the service read these states instead of its stored jobs. */
    void stub(StubbedQueries queries) {
        queries.reset();
        queries.answer("status", arguments -> find((JobId) arguments[0]));
        queries.answer(
                "statuses",
                arguments -> known.values().stream()
                        .filter(status -> ((Collection<?>) arguments[0]).contains(status.id()))
                        .toList());
        queries.answer(
                "report", arguments -> find((JobId) arguments[0]).map(status -> new JobReport(status, List.of(), 0)));
    }

    /** Sets the state of a job. */
    void set(JobStatus status) {
        known.put(status.id(), status);
    }

    void remove(JobId id) {
        known.remove(id);
    }

    List<JobStatus> findAll(Collection<JobId> ids) {
        return ids.stream().map(this::find).flatMap(Optional::stream).toList();
    }

    Optional<JobStatus> find(JobId id) {
        return Optional.ofNullable(known.get(id));
    }
}
