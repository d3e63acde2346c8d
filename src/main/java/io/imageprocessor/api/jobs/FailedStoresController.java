package io.imageprocessor.api.jobs;

import io.imageprocessor.api.Cursor;
import io.imageprocessor.api.Page;
import io.imageprocessor.api.RejectedException;
import io.imageprocessor.job.FailedStorePage;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobQueries;
import java.util.Optional;
import lombok.RequiredArgsConstructor;
import org.hibernate.validator.constraints.Range;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Returns all failed stores of a job, in the order of the visits: {@code GET /api/jobs/{id}/failed-stores}. */
@RestController
@RequiredArgsConstructor
class FailedStoresController {

    private final JobQueries jobs;

    /** Returns a page. Those of an ongoing job are the stores that have failed until the page was read. */
    @GetMapping(path = "/api/jobs/{id}/failed-stores", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Page<StoreFailure>> failedStores(
            @PathVariable JobId id,
            @RequestParam(defaultValue = Page.DEFAULT_LIMIT)
                    @Range(min = 1, max = Page.MAX_LIMIT, message = Page.LIMIT_MESSAGE)
                    int limit,
            @RequestParam Optional<Cursor> cursor) {
        String list = "jobs/" + id + "/failed-stores";
        int from = cursor.map(after -> after.keyIn(list, Cursor::index)).orElse(0);
        FailedStorePage page = jobs.failedStores(id, from, limit).orElseThrow(RejectedException::unknownJob);
        String next = page.next().isPresent()
                ? new Cursor(list, Integer.toString(page.next().getAsInt())).text()
                : null;
        return new Page<>(page.stores().stream().map(StoreFailure::of).toList(), next).response();
    }
}
