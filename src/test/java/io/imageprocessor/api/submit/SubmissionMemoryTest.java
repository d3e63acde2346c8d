package io.imageprocessor.api.submit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;
import static org.mockito.Mockito.withSettings;

import io.imageprocessor.Heap;
import io.imageprocessor.OwnProcess;
import io.imageprocessor.api.RejectedException;
import io.imageprocessor.job.Backlog;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobDraft;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobQueue;
import io.imageprocessor.job.JobService;
import io.imageprocessor.job.JobSettings;
import io.imageprocessor.job.JobStore;
import io.imageprocessor.job.Jobs;
import io.imageprocessor.job.Storage;
import io.imageprocessor.stores.StoreMaster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Bodies are read as streams: memory holds only the job, in a compact form, and never the body. */
@OwnProcess
class SubmissionMemoryTest {

    private static final int PARTS_PER_PIECE = 5_000;

    private final AtomicReference<Job> saved = new AtomicReference<>();
    private final JobStore store = mock(withSettings().stubOnly());
    private final JobQueue queue = mock(withSettings().stubOnly());

    private final JobService jobs = Jobs.service(
            new StoreMaster(() -> Jobs.STORES),
            new Storage(
                    store, mock(withSettings().stubOnly()), mock(withSettings().stubOnly())),
            queue,
            new JobSettings(1_000_000, 1_000_000, Duration.ofHours(1), 1_000_000),
            Clock.systemUTC());

    @Test
    void aJobTakesAtMostTenBytesPerImageBeyondItsUrls() throws Exception {
        int images = 300_000;
        int urlLength = 40;
        Backlog backlog = mock(withSettings().stubOnly());
        when(queue.backlog()).thenReturn(backlog);
        when(store.nextId()).thenReturn(new JobId(1));
        doAnswer(call -> {
                    saved.set(call.getArgument(0));
                    return null;
                })
                .when(store)
                .save(any(), any());
        long before = Heap.used();

        read(
                "{\"count\": 1, \"visits\": [{\"store_id\": \"S1\", \"image_url\": [",
                images,
                i -> "%s\"http://photos.example/shelf/%08d.jpg\"".formatted(i == 0 ? "" : ",", i),
                "], \"visit_time\": \"2023-03-15\"}]}");
        long bytesPerImage = (Heap.used() - before) / images;

        Job job = Objects.requireNonNull(saved.get());
        assertThat(job.imageCount()).isEqualTo(images);
        assertThat(job.url(7)).hasSize(urlLength);
        assertThat(bytesPerImage).isBetween((long) urlLength, urlLength + 10L);
    }

    @Test
    void readsAnObjectWithMoreKeysThanFitIntoMemory() {
        // A map of strings takes more than 80 bytes per key, so it would not fit into the heap of this test.
        int bytesPerKey = 80;
        int keys = Math.toIntExact(Runtime.getRuntime().maxMemory() / bytesPerKey);

        assertThatExceptionOfType(RejectedException.class)
                .isThrownBy(() -> read("{\"a\": 0", keys, i -> ",\"k" + i + "\":0", "}"))
                .withMessage("count is required");
    }

    private void read(String start, int parts, IntFunction<String> part, String end) throws Exception {
        InputStream body = new SequenceInputStream(
                stream(start), new SequenceInputStream(new GeneratedBody(parts, part), stream(end)));
        try (JobDraft draft = jobs.draft()) {
            new SubmissionReader().read(body, draft);
            jobs.submit(draft);
        }
    }

    /** Generates its text while it is read, so that the test does not hold the body in memory either. */
    private static final class GeneratedBody extends InputStream {
        private final int parts;
        private final IntFunction<String> part;
        private int next;
        private InputStream piece = stream("");

        GeneratedBody(int parts, IntFunction<String> part) {
            this.parts = parts;
            this.part = part;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException("read in larger pieces");
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = piece.read(buffer, offset, length);
            if (read < 0 && next < parts) {
                int end = Math.min(parts, next + PARTS_PER_PIECE);
                piece = stream(IntStream.range(next, end).mapToObj(part).collect(Collectors.joining()));
                next = end;
                return piece.read(buffer, offset, length);
            }
            return read;
        }
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }
}
