package io.imageprocessor.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.job.ImageTask;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.Jobs;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** An endless stream of small jobs: each one that ends submits the next, so that some always wait. */
class StreamOfSmallJobsTest {

    private static final JobId LARGE = new JobId(1);

    /** A first slice, which is claimed like those of small jobs, and another slice. */
    private static final int IMAGES_OF_LARGE = 16 + 256;

    private static final int SMALL_JOBS = 20;
    private static final int IMAGES_OF_SMALL = 3;
    private static final Duration SOON = Duration.ofSeconds(60);

    private final DataSource database = TestDatabase.dataSource();
    private final JdbcTemplate jdbc = new JdbcTemplate(database);
    private final AtomicLong lastJob = new AtomicLong(LARGE.value());
    private final Map<JobId, Integer> startedOfSmall = new ConcurrentHashMap<>();
    private volatile boolean streaming = true;

    private final ClaimingReplica replica = new ClaimingReplica(database, 1_000_000, 4, this::download);

    /** Submits the next small job with the last image of each. */
    private void download(ImageTask task) {
        if (!task.jobId().equals(LARGE)
                && startedOfSmall.merge(task.jobId(), 1, Integer::sum) == IMAGES_OF_SMALL
                && streaming) {
            submitSmall();
        }
    }

    private void submitSmall() {
        replica.submit(Jobs.job(lastJob.incrementAndGet()).visit("S1", urls(IMAGES_OF_SMALL)));
    }

    @AfterEach
    void close() {
        streaming = false;
        replica.close();
    }

    @Test
    void doesNotStarveALargeJob() {
        for (int i = 0; i < SMALL_JOBS; i++) {
            submitSmall();
        }
        replica.submit(Jobs.job(LARGE.value()).visit("S1", urls(IMAGES_OF_LARGE)));
        replica.start();

        await().atMost(SOON).until(() -> stateOfLarge().equals("completed"));

        long small = lastJob.get();
        await("the stream continues").atMost(SOON).until(() -> lastJob.get() > small + SMALL_JOBS);
        assertThat(replica.started)
                .filteredOn(task -> task.jobId().equals(LARGE))
                .hasSize(IMAGES_OF_LARGE);
    }

    private String stateOfLarge() {
        return jdbc.queryForList("SELECT state FROM job WHERE id = ?", String.class, LARGE.value())
                .getFirst();
    }

    private static List<String> urls(int count) {
        return IntStream.range(0, count).mapToObj(i -> "http://a/" + i).toList();
    }
}
