package io.imageprocessor.api.jobs;

import io.imageprocessor.api.RejectedException;
import io.imageprocessor.job.ImageFilter;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobImage;
import io.imageprocessor.job.JobLog;
import io.imageprocessor.job.JobQueries;
import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.logging.FatalErrors;
import io.imageprocessor.logging.RateLimitedLog;
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
 * Sends all images of a job as one file, slice by slice, on the thread of the request. It holds one slice at a time,
 * however large the job or slow the client is. Each image is as of the time when its slice was read. Thread-safe.
 */
@Slf4j
@Component
@RequiredArgsConstructor
class ImageExport {

    private static final RateLimitedLog FAULTS = new RateLimitedLog(log);

    /**
     * Longest time for one file, checked between slices: a million rows at a megabit per second. Slower clients can
     * read pages. The web server's connection timeout ends clients that read nothing.
     */
    static final Duration MAX_TIME = Duration.ofMinutes(30);

    static final int IMAGES_PER_SLICE = 250;

    private final JobQueries jobs;
    private final JsonMapper json;
    private final Clock clock;
    private final LaterReads laterReads;

    /**
     * Sends the matching images as {@link CsvRows}.
     *
     * @throws RejectedException if the job is unknown
     * @throws CloseNowException if part of the file was sent and the rest cannot be
     */
    void csv(JobId id, ImageFilter filter, HttpServletResponse response) throws IOException {
        send(id, filter, response, CsvRows::new);
    }

    /** Sends the matching images as {@link JsonRows}; fails like {@link #csv}. */
    void ndjson(JobId id, ImageFilter filter, HttpServletResponse response) throws IOException {
        send(id, filter, response, out -> new JsonRows(json, out));
    }

    private void send(
            JobId id, ImageFilter filter, HttpServletResponse response, Function<OutputStream, ImageRows> format)
            throws IOException {
        try {
            List<JobImage> first = slice(id, filter, 0).orElseThrow(RejectedException::unknownJob);
            ImageRows rows = format.apply(response.getOutputStream());
            response.setContentType(rows.contentType());
            response.setHeader(
                    HttpHeaders.CONTENT_DISPOSITION,
                    "attachment; filename=\"job-%s.%s\"".formatted(id, rows.extension()));
            send(id, filter, first, rows);
        } catch (RuntimeException | Error e) {
            FatalErrors.haltIfFatal(e);
            if (!response.isCommitted()) {
                throw e;
            }
            JobLog.about(id, () -> report(id, e));
            throw new CloseNowException(e);
        }
    }

    /** The storage reports that it is unavailable, as for all other calls. */
    private static void report(JobId id, Throwable failure) {
        if (failure instanceof StorageUnavailableException) {
            log.debug("file of job {} aborted", id, failure);
        } else {
            FAULTS.error(failure, "file of job {} aborted", id);
        }
    }

    private void send(JobId job, ImageFilter filter, List<JobImage> first, ImageRows rows) throws IOException {
        Instant end = clock.instant().plus(MAX_TIME);
        List<JobImage> images = first;
        write(images, rows);
        while (images.size() == IMAGES_PER_SLICE) {
            if (clock.instant().isAfter(end)) {
                throw new CloseNowException("file of job " + job + " not read within " + MAX_TIME);
            }
            int next = images.getLast().index() + 1;
            images = laterReads
                    .read(() -> slice(job, filter, next))
                    .orElseThrow(() -> new CloseNowException("job " + job + " removed while its file was sent"));
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
