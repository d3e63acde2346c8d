package io.imageprocessor.api.jobs;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.imageprocessor.api.RejectedException;
import io.imageprocessor.api.StreamedBody;
import io.imageprocessor.api.jobs.StatusResponse.StoreError;
import io.imageprocessor.job.FailedStorePage;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobQueries;
import io.imageprocessor.job.JobStatus;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import lombok.RequiredArgsConstructor;
import org.apache.coyote.CloseNowException;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends the {@link StatusResponse} of a failed or cancelled job, whose stores may be a million, page by page. The pages
 * agree, because the failed stores of a finished job never change. Thread-safe.
 */
@Component
@RequiredArgsConstructor
class FailedStatus {

    static final int STORES_PER_PAGE = 250;

    /** Follows the other keys of the response. */
    private static final byte[] ERROR_KEY = ",\"error\":[".getBytes(US_ASCII);

    private static final byte[] END = "]}".getBytes(US_ASCII);

    private final JobQueries jobs;
    private final JsonMapper json;
    private final LaterReads laterReads;

    /**
     * Sends the response.
     *
     * @throws RejectedException if the job has become unknown
     * @throws CloseNowException if part of the response was sent and the rest cannot be, such as of a job whose
     *     retention ended meanwhile
     */
    void send(JobStatus job, HttpServletResponse response) throws IOException {
        FailedStorePage first = page(job.id(), 0);
        StreamedBody.send(response, out -> write(job, first, out));
    }

    private FailedStorePage page(JobId id, int from) {
        return jobs.failedStores(id, from, STORES_PER_PAGE).orElseThrow(RejectedException::unknownJob);
    }

    private void write(JobStatus job, FailedStorePage first, OutputStream out) throws IOException {
        byte[] withoutErrors = json.writeValueAsBytes(StatusResponse.of(job));
        out.write(Arrays.copyOf(withoutErrors, withoutErrors.length - 1));
        out.write(ERROR_KEY);
        FailedStorePage page = first;
        write(page, true, out);
        while (page.next().isPresent()) {
            int next = page.next().getAsInt();
            page = laterReads.read(() -> page(job.id(), next));
            write(page, false, out);
        }
        out.write(END);
    }

    private void write(FailedStorePage page, boolean first, OutputStream out) throws IOException {
        if (!first) {
            out.write(',');
        }
        byte[] array = json.writeValueAsBytes(
                page.stores().stream().map(StoreError::of).toList());
        out.write(array, 1, array.length - 2);
    }
}
