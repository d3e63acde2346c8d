package io.imageprocessor.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.errorprone.annotations.FormatMethod;
import io.imageprocessor.Proofs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Disturbs three replicas on one database while clients submit, read, cancel and retry. The service must not lose what
 * it has confirmed to a client, and must count each result once. The seed is that of {@link Proofs#seed};
 * {@code -Dchaos.disturbances=} sets the number of disturbances. {@code bench/chaos} runs more of them.
 */
class ChaosTest {

    private static final int DISTURBANCES = Proofs.count("chaos.disturbances", 9, 40);
    private static final long SEED = Proofs.seed("ChaosTest", DISTURBANCES);

    /** Minimum number of results between two disturbances, so that each disturbance hits work in progress. */
    private static final int RESULTS_BETWEEN = 50;

    /**
     * Limit for another replica to take over the slices of a dead one. It takes 3 s with heartbeats of 0.5 s: 4 missed
     * heartbeats, and 2 more until that is detected. The rest is for silent connections and slow machines.
     */
    private static final Duration TAKEOVER = Duration.ofSeconds(20);

    /** Several times the longest takeover on a slow machine. */
    private static final Duration RECOVERY = Duration.ofSeconds(60);

    private static final Duration ALL_DONE = Duration.ofMinutes(2);

    private final Ledger ledger = new Ledger();

    @Test
    @Timeout(value = 6, unit = TimeUnit.HOURS)
    void completesEachAcceptedJobExactlyOnce() throws Exception {
        Path folder = Files.createDirectories(Path.of("target", "chaos", Long.toString(System.currentTimeMillis())))
                .toAbsolutePath();
        Random random = new Random(SEED);
        Deque<Disturbance> next = new ArrayDeque<>();
        print("logs in %s", folder);
        try (PhotoOrigin origin = new PhotoOrigin();
                Cluster cluster = new Cluster(folder)) {
            cluster.awaitReady();
            long last = 0;
            try (Clients _ = new Clients(ledger, cluster.replicas, origin, new Random(random.nextLong()))) {
                for (int i = 1; i <= DISTURBANCES; i++) {
                    awaitProgress(cluster);
                    disturb(cluster, next(next, random), random, i);
                    last = System.nanoTime();
                }
            }
            awaitEnds(cluster);
            Duration took = Duration.ofNanos(System.nanoTime() - last);

            assertThat(ledger.violations()).isEmpty();
            int images = new FinalCheck(ledger, cluster).check();
            print(
                    "%d jobs of %d images; the last one finished %.1f s after the last disturbance",
                    ledger.jobs().size(), images, took.toMillis() / 1e3);
        }
    }

    /** Returns the next disturbance of a random order in which each occurs equally often. */
    private static Disturbance next(Deque<Disturbance> next, Random random) {
        if (next.isEmpty()) {
            List<Disturbance> all = Arrays.asList(Disturbance.values());
            Collections.shuffle(all, random);
            next.addAll(all);
        }
        return next.remove();
    }

    private static void disturb(Cluster cluster, Disturbance disturbance, Random random, int number)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        Instant before = Instant.now();
        disturbance.apply(cluster, random);
        cluster.awaitReady();
        awaitTakeover(cluster, before);
        print("%3d %-24s %.1f s", number, disturbance, (System.nanoTime() - start) / 1e9);
    }

    /** Waits until each lease was renewed, taken over or released since {@code before}. */
    private static void awaitTakeover(Cluster cluster, Instant before) {
        await().alias("leases that were last renewed before the disturbance")
                .atMost(TAKEOVER)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(cluster.database
                                .client()
                                .sql("SELECT task_instance, picked_by, last_heartbeat FROM scheduled_tasks"
                                        + " WHERE picked AND last_heartbeat < ?")
                                .param(before.atOffset(ZoneOffset.UTC))
                                .query()
                                .listOfRows())
                        .isEmpty());
    }

    private void awaitProgress(Cluster cluster) {
        long before = results(cluster);
        await().atMost(RECOVERY).pollInterval(Duration.ofMillis(50)).until(() -> {
            assertThat(ledger.violations()).isEmpty();
            return results(cluster) >= before + RESULTS_BETWEEN;
        });
    }

    private void awaitEnds(Cluster cluster) {
        await().atMost(ALL_DONE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> cluster.database
                        .client()
                        .sql("SELECT (SELECT count(*) FROM job WHERE state = 'ongoing')"
                                + " + (SELECT count(*) FROM scheduled_tasks)")
                        .query(Long.class)
                        .single()
                        .equals(0L));
    }

    private static long results(Cluster cluster) {
        return cluster.database
                .client()
                .sql("SELECT coalesce(sum(succeeded + failed), 0) FROM job")
                .query(Long.class)
                .single();
    }

    @FormatMethod
    private static void print(String format, Object... arguments) {
        System.out.println("chaos: " + format.formatted(arguments));
    }
}
