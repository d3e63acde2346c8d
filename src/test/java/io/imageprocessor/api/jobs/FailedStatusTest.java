package io.imageprocessor.api.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.imageprocessor.job.FailedStore;
import io.imageprocessor.job.FailedStorePage;
import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.JobCounts;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobMetadata;
import io.imageprocessor.job.JobQueries;
import io.imageprocessor.job.JobState;
import io.imageprocessor.job.JobStatus;
import io.imageprocessor.job.Jobs;
import io.imageprocessor.job.StorageUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletResponse;
import tools.jackson.databind.json.JsonMapper;

/** Failures while the failed stores of a job are sent. */
class FailedStatusTest {

    private final StorageUnavailableException unavailable =
            new StorageUnavailableException(new IllegalStateException("expected by this test"));

    private final JobQueries jobs = mock();
    private final FailedStatus status =
            new FailedStatus(jobs, JsonMapper.shared(), new LaterReads(Duration.ofMinutes(1), Duration.ofMillis(1)));
    private final MockHttpServletResponse response = new MockHttpServletResponse();

    @Test
    void goesOnWhenTheStorageIsAvailableAgain() throws Exception {
        when(jobs.failedStores(any(), eq(0), anyInt())).thenReturn(page("S1", OptionalInt.of(7)));
        when(jobs.failedStores(any(), eq(7), anyInt()))
                .thenThrow(unavailable)
                .thenThrow(unavailable)
                .thenReturn(page("S2", OptionalInt.empty()));

        status.send(failed(), response);

        assertThat(response.getContentAsString())
                .endsWith("\"error\":[{\"store_id\":\"S1\",\"error\":\"store not found\"},"
                        + "{\"store_id\":\"S2\",\"error\":\"store not found\"}]}");
    }

    @Test
    void sendsNothingWhenTheFirstPageCannotBeRead() {
        when(jobs.failedStores(any(), eq(0), anyInt())).thenThrow(unavailable);

        assertThatExceptionOfType(StorageUnavailableException.class).isThrownBy(() -> status.send(failed(), response));
        assertThat(response.isCommitted()).isFalse();
    }

    private static Optional<FailedStorePage> page(String store, OptionalInt next) {
        return Optional.of(new FailedStorePage(
                List.of(new FailedStore(store, FailureCode.STORE_NOT_FOUND, "store not found", 1, 0, 1)), next));
    }

    private static JobStatus failed() {
        JobMetadata metadata = new JobMetadata(
                new JobId(1),
                Jobs.SUBMITTED_AT,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        return new JobStatus(
                metadata,
                JobState.FAILED,
                new JobCounts(2, 0, 0, 0, 2, 0),
                0,
                Optional.empty(),
                Optional.of(Jobs.SUBMITTED_AT),
                List.of(),
                1);
    }
}
