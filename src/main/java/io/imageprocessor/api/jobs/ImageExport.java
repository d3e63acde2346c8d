package io.imageprocessor.api.jobs;

import io.imageprocessor.api.JobLookup;
import io.imageprocessor.api.RejectedException;
import io.imageprocessor.job.ImageFilter;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobImage;
import io.imageprocessor.job.JobLog;
import io.imageprocessor.job.JobQueries;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import lombok.RequiredArgsConstructor;
import lombok.extern.slf4j.Slf4j;
import org.apache.coyote.CloseNowException;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends all images of a job as one file, slice by slice, on the thread of the request: however large the job is and
 * however slowly the client reads, only a slice of it is held. Each image is told as it stands when its slice is read.
 * Thread-safe.
 */
@Slf4j
@Component
@RequiredArgsConstructor
class ImageExport {

    /**
     * A million rows at a megabit a second: whoever reads more slowly reads pages. A client that reads nothing at all
     * is let go by the web server, after its connection timeout. Looked at between two slices.
     */
    static final Duration MAX_TIME = Duration.ofMinutes(30);

    static final int IMAGES_PER_SLICE = 250;

    private final JobQueries jobs;
    private final JsonMapper json;
    private final Clock clock;

    /**
     * Sends the images that fit as {@link CsvRows}.
     *
     * @param id of the job, as the path has it
     * @throws RejectedException if there is no such job
     * @throws CloseNowException if the file has begun and cannot be finished
     */
    void csv(String id, ImageFilter filter, HttpServletResponse response) throws IOException {
        send(id, filter, response, CsvRows::new);
    }

    /** Sends the images that fit as {@link JsonRows}; fails as above. */
    void ndjson(String id, ImageFilter filter, HttpServletResponse response) throws IOException {
        send(id, filter, response, out -> new JsonRows(json, out));
    }

    private void send(
            String id, ImageFilter filter, HttpServletResponse response, Function<OutputStream, ImageRows> format)
            throws IOException {
        try {
            List<JobImage> first = JobLookup.find(id, job -> slice(job, filter, 0));
            ImageRows rows = format.apply(response.getOutputStream());
            response.setContentType(rows.contentType());
            response.setHeader(
                    HttpHeaders.CONTENT_DISPOSITION,
                    "attachment; filename=\"job-%s.%s\"".formatted(id, rows.extension()));
            send(JobId.parse(id).orElseThrow(), filter, first, rows);
        } catch (RuntimeException | Error e) {
            if (!response.isCommitted()) {
                throw e;
            }
            JobLog.about(JobId.parse(id).orElseThrow(), () -> log.error("the file of job {} broke off", id, e));
            throw new CloseNowException(e);
        }
    }

    private void send(JobId job, ImageFilter filter, List<JobImage> first, ImageRows rows) throws IOException {
        Instant end = clock.instant().plus(MAX_TIME);
        List<JobImage> images = first;
        write(images, rows);
        while (images.size() == IMAGES_PER_SLICE) {
            if (clock.instant().isAfter(end)) {
                throw new CloseNowException("job " + job + " was not read within " + MAX_TIME);
            }
            images = slice(job, filter, images.getLast().index() + 1)
                    .orElseThrow(() -> new CloseNowException("job " + job + " was forgotten while it was sent"));
            write(images, rows);
        }
    }

    private Optional<List<JobImage>> slice(JobId job, ImageFilter filter, int from) {
        return jobs.images(job, filter, from, IMAGES_PER_SLICE);
    }

    private static void write(List<JobImage> images, ImageRows rows) throws IOException {
        for (JobImage image : images) {
            rows.write(ImageResponse.of(image));
        }
        rows.flush();
    }
}
