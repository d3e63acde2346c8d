package io.imageprocessor.api.events;

import io.imageprocessor.api.JobLookup;
import io.imageprocessor.job.JobQueries;
import io.imageprocessor.job.JobStatus;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import lombok.RequiredArgsConstructor;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** Tells how a job goes on, as it does: {@code GET /api/jobs/{id}/events}. */
@RestController
@RequiredArgsConstructor
class EventsController {

    private final JobQueries jobs;
    private final EventStreams streams;

    /**
     * Sends {@code progress} events and, at the end, {@code finished}. A client that knows the end already is told, by
     * a 204, to come back no more.
     *
     * @param lastEventId sent by a client that was connected before
     */
    @GetMapping(path = "/api/jobs/{id}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    void events(
            @PathVariable String id,
            @RequestHeader(name = "Last-Event-ID", defaultValue = "") String lastEventId,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        JobStatus job = JobLookup.find(id, jobs::status);
        if (job.state().isFinal() && lastEventId.equals(JobEvents.FINISHED)) {
            response.setStatus(HttpStatus.NO_CONTENT.value());
        } else if (HttpMethod.HEAD.matches(request.getMethod())) {
            response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
        } else {
            streams.open(job, lastEventId, request, response);
        }
    }
}
