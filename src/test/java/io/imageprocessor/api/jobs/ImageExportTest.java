package io.imageprocessor.api.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;
import static org.mockito.Mockito.withSettings;

import ch.qos.logback.classic.Level;
import io.imageprocessor.LogLines;
import io.imageprocessor.job.ImageFilter;
import io.imageprocessor.job.ImageState;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobImage;
import io.imageprocessor.job.JobQueries;
import io.imageprocessor.job.Jobs;
import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.job.TestClock;
import io.imageprocessor.job.Visit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.coyote.CloseNowException;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletResponse;
import tools.jackson.databind.json.JsonMapper;

/** Failures while a file is sent. */
class ImageExportTest {

    private final TestClock clock = new TestClock(Jobs.SUBMITTED_AT);
    private final JobQueries jobs = mock(withSettings().stubOnly());
    private ImageExport export = new ImageExport(
            jobs, JsonMapper.shared(), clock, new LaterReads(Duration.ofMinutes(1), Duration.ofMillis(1)));
    private final MockHttpServletResponse response = new MockHttpServletResponse();

    @Test
    void abortsWhenTheClientReadsTooSlowly() {
        thirdSlice(() -> {
            clock.advance(ImageExport.MAX_TIME.plusMillis(1));
            return Optional.of(slice(2));
        });

        assertThatExceptionOfType(CloseNowException.class).isThrownBy(this::send);
        assertThat(response.getContentAsByteArray()).asString().hasLineCount(3 * ImageExport.IMAGES_PER_SLICE);
    }

    @Test
    void abortsWhenTheJobIsRemoved() {
        thirdSlice(Optional::empty);

        assertThatExceptionOfType(CloseNowException.class).isThrownBy(this::send);
    }

    @Test
    void abortsWhenTheRestCannotBeRead() {
        IllegalStateException failure = new IllegalStateException("expected in this test");
        thirdSlice(() -> {
            throw failure;
        });

        assertThatExceptionOfType(CloseNowException.class)
                .isThrownBy(this::send)
                .withCause(failure);
    }

    @Test
    void goesOnWhenTheStorageIsAvailableAgain() throws Exception {
        AtomicInteger reads = new AtomicInteger();
        thirdSlice(() -> {
            if (reads.incrementAndGet() < 3) {
                throw unavailable();
            }
            return Optional.of(slice(2).subList(0, 7));
        });

        send();

        assertThat(response.getContentAsByteArray()).asString().hasLineCount(2 * ImageExport.IMAGES_PER_SLICE + 7);
    }

    private static StorageUnavailableException unavailable() {
        return new StorageUnavailableException(new IllegalStateException("expected by this test"));
    }

    @Test
    void logsNothingWhenTheStorageStaysUnavailable() {
        export = new ImageExport(jobs, JsonMapper.shared(), clock, new LaterReads(Duration.ZERO, Duration.ZERO));
        thirdSlice(() -> {
            throw unavailable();
        });

        try (LogLines lines = new LogLines(Level.INFO)) {
            assertThatExceptionOfType(CloseNowException.class).isThrownBy(this::send);

            assertThat(lines.all())
                    .filteredOn(line -> line.getLoggerName().startsWith("io.imageprocessor."))
                    .isEmpty();
        }
    }

    @Test
    void sendsNothingWhenTheStartCannotBeRead() {
        IllegalStateException failure = new IllegalStateException("expected in this test");
        when(jobs.images(any(), any(), anyInt(), anyInt())).thenThrow(failure);

        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(this::send);
        assertThat(response.isCommitted()).isFalse();
    }

    @Test
    void stopsWaitingForTheStorageWhenItsThreadIsInterrupted() {
        thirdSlice(() -> {
            throw unavailable();
        });

        Thread.currentThread().interrupt();
        assertThatExceptionOfType(CloseNowException.class).isThrownBy(this::send);

        assertThat(Thread.interrupted()).isTrue();
    }

    /** Returns two slices, then the result of the supplier. */
    private void thirdSlice(Supplier<Optional<List<JobImage>>> third) {
        when(jobs.images(any(), any(), anyInt(), anyInt())).then(call -> {
            int slice = call.<Integer>getArgument(2) / ImageExport.IMAGES_PER_SLICE;
            if (slice == 2) {
                return third.get();
            }
            return Optional.of(slice(slice));
        });
    }

    private static List<JobImage> slice(int slice) {
        Visit visit = Jobs.job(1).visit("S1", "http://a/0").build().visits().getFirst();
        int first = slice * ImageExport.IMAGES_PER_SLICE;
        return IntStream.range(first, first + ImageExport.IMAGES_PER_SLICE)
                .mapToObj(index -> new JobImage(index, visit, "http://a/0", ImageState.PENDING, Optional.empty()))
                .toList();
    }

    private void send() throws Exception {
        export.ndjson(new JobId(1), ImageFilter.ANY, response);
    }
}
