package io.imageprocessor.api;

import io.imageprocessor.job.JobId;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.http.HttpStatus;

/** Finds what a path such as {@code /api/jobs/123} names. */
public final class JobLookup {

    private JobLookup() {}

    /**
     * What {@code lookup} knows of the job with this id.
     *
     * @param id as the path has it
     * @throws RejectedException 404, if the id is none or there is no such job
     */
    public static <T> T find(String id, Function<JobId, Optional<T>> lookup) {
        return JobId.parse(id)
                .flatMap(lookup)
                .orElseThrow(() -> new RejectedException(HttpStatus.NOT_FOUND, "there is no such job"));
    }
}
