package io.imageprocessor.api.events;

import io.imageprocessor.api.RejectedException;
import io.imageprocessor.job.JobId;
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

/** Sends the progress of a job as server-sent events: {@code GET /api/jobs/{id}/events}. */
@RestController
@RequiredArgsConstructor
class EventsController {

    private final JobQueries jobs;
    private final EventStreams streams;

    /**
     * Sends {@code progress} events and finally {@code finished}. The response is 204 if the client has received
     * {@code finished} before, so that browsers do not reconnect.
     *
     * @param lastEventId id of the last event of an earlier connection; empty if there was none
     */
    @GetMapping(path = "/api/jobs/{id}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    void events(
            @PathVariable JobId id,
            @RequestHeader(name = "Last-Event-ID", defaultValue = "") String lastEventId,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        JobStatus job = jobs.status(id).orElseThrow(RejectedException::unknownJob);
        if (job.state().isFinal() && lastEventId.equals(JobEvents.FINISHED)) {
            response.setStatus(HttpStatus.NO_CONTENT.value());
        } else if (HttpMethod.HEAD.matches(request.getMethod())) {
            response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
        } else {
            streams.open(job, lastEventId, request, response);
        }
    }
}
