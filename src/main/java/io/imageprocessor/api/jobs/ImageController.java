package io.imageprocessor.api.jobs;

import io.imageprocessor.api.Cursor;
import io.imageprocessor.api.Page;
import io.imageprocessor.api.RejectedException;
import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.ImageFilter;
import io.imageprocessor.job.ImageState;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobImage;
import io.imageprocessor.job.JobQueries;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import lombok.RequiredArgsConstructor;
import org.hibernate.validator.constraints.Range;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Returns the images of a job in the order of the submission: {@code GET /api/jobs/{id}/images}. The response is a page
 * of JSON, or one file with all matching images if the client accepts CSV or NDJSON.
 */
@RestController
@RequestMapping("/api/jobs/{id}/images")
@RequiredArgsConstructor
class ImageController {

    private final JobQueries jobs;
    private final ImageExport export;

    /**
     * Also handles an {@code Accept} header for any type: among equal types Spring takes the first in alphabetical
     * order.
     */
    @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Page<ImageResponse>> page(
            @PathVariable JobId id,
            @RequestParam Optional<ImageState> status,
            @RequestParam(name = "store_id") Optional<String> storeId,
            @RequestParam Optional<FailureCode> code,
            @RequestParam(defaultValue = Page.DEFAULT_LIMIT)
                    @Range(min = 1, max = Page.MAX_LIMIT, message = Page.LIMIT_MESSAGE)
                    int limit,
            @RequestParam Optional<Cursor> cursor) {
        ImageFilter filter = filter(status, storeId, code);
        String list = "jobs/" + id + "/images";
        int from = cursor.map(after -> after.keyIn(list, Cursor::index) + 1).orElse(0);
        List<JobImage> images = jobs.images(id, filter, from, limit + 1).orElseThrow(RejectedException::unknownJob);
        return Page.of(images, limit, ImageResponse::of, image -> new Cursor(list, Integer.toString(image.index())))
                .response();
    }

    @GetMapping(produces = CsvRows.MEDIA_TYPE)
    void csv(
            @PathVariable JobId id,
            @RequestParam Optional<ImageState> status,
            @RequestParam(name = "store_id") Optional<String> storeId,
            @RequestParam Optional<FailureCode> code,
            HttpServletResponse response)
            throws IOException {
        export.csv(id, filter(status, storeId, code), response);
    }

    @GetMapping(produces = JsonRows.MEDIA_TYPE)
    void ndjson(
            @PathVariable JobId id,
            @RequestParam Optional<ImageState> status,
            @RequestParam(name = "store_id") Optional<String> storeId,
            @RequestParam Optional<FailureCode> code,
            HttpServletResponse response)
            throws IOException {
        export.ndjson(id, filter(status, storeId, code), response);
    }

    private static ImageFilter filter(
            Optional<ImageState> status, Optional<String> storeId, Optional<FailureCode> code) {
        code.map(reason -> reason == FailureCode.CANCELLED ? ImageState.CANCELLED : ImageState.FAILED)
                .filter(implied -> status.isPresent() && status.get() != implied)
                .ifPresent(_ -> {
                    throw RejectedException.badRequest("code and status contradict each other");
                });
        return new ImageFilter(status, storeId, code);
    }
}
