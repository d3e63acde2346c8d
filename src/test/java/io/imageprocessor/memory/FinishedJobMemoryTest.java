package io.imageprocessor.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.imageprocessor.Heap;
import io.imageprocessor.OwnProcess;
import io.imageprocessor.image.ImageFailure;
import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobSettings;
import io.imageprocessor.job.JobStore;
import io.imageprocessor.job.Jobs;
import io.imageprocessor.job.Storage;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A finished image takes at most 150 bytes of heap beyond its URL, whatever the shape of the job. */
@OwnProcess
class FinishedJobMemoryTest {

    private static final int IMAGES = 150_000;
    private static final int URL_LENGTH = 44;

    static Stream<Arguments> shapes() {
        return Stream.of(
                arguments("one visit", IMAGES, "S1"),
                arguments("a visit for each image", 1, "S1"),
                arguments("a visit to an unknown store for each image", 1, "S00000000"),
                arguments("a visit for each image, all failed", 1, "S2"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("shapes")
    void aFinishedImageTakesAtMost150BytesBeyondItsUrl(String shape, int imagesPerVisit, String storeId) {
        long before = Heap.used();
        Storage storage =
                InMemoryStorage.of(new JobSettings(IMAGES, IMAGES, Duration.ofDays(1), IMAGES), Clock.systemUTC());
        finishJob(storage.store(), imagesPerVisit, storeId);
        long bytesPerImage = (Heap.used() - before) / IMAGES - URL_LENGTH;

        assertThat(storage.queries().status(new JobId(1)).orElseThrow().counts().unfinished())
                .isZero();
        assertThat(bytesPerImage).as("bytes of heap per image of %s", shape).isBetween(20L, 150L);
    }

    private static void finishJob(JobStore store, int imagesPerVisit, String storeId) {
        Jobs jobs = Jobs.job(1);
        for (int first = 0; first < IMAGES; first += imagesPerVisit) {
            List<String> urls = IntStream.range(first, first + imagesPerVisit)
                    .mapToObj("http://photos.example/shelf/%012d.jpg"::formatted)
                    .toList();
            // Each visit has a separate string, as the parser of a submission creates it.
            jobs.visit(new String(storeId.toCharArray()), urls);
        }
        Job job = jobs.build();
        assertThat(job.url(IMAGES - 1)).hasSize(URL_LENGTH);
        store.save(job, _ -> {});
        for (int index = 0; index < IMAGES; index++) {
            if (store.start(job.id(), index)) {
                store.record(job.id(), index, storeId.equals("S2") ? failed() : succeeded(index));
            }
        }
    }

    private static ImageResult succeeded(int width) {
        return new ImageResult.Succeeded(width, 480, "jpeg", 10_000, 1, 20, 250);
    }

    private static ImageResult failed() {
        ImageFailure failure = new ImageFailure.HttpStatus(404);
        return new ImageResult.Failed(FailureCode.HTTP_STATUS, failure.message(), 1, 20);
    }
}
