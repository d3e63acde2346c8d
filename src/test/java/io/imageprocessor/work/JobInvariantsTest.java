package io.imageprocessor.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.imageprocessor.Proofs;
import io.imageprocessor.work.JobWorld.Action;
import io.imageprocessor.work.JobWorld.Event;
import io.imageprocessor.work.JobWorld.Kind;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/**
 * Random histories of submissions, work, cancellations, retries, expiry and new store masters: the invariants hold at
 * every step, and every job ends. {@code -Dseeds=100000} runs more histories than the build.
 */
class JobInvariantsTest {

    private static final int SEEDS = Proofs.count("seeds", 40, 1_000);
    private static final long FIRST_SEED = Proofs.seed("JobInvariantsTest", SEEDS);
    private static final int ACTIONS = 80;
    private static final Duration MAX_RUN = Duration.ofSeconds(10);

    private static final List<Kind> KINDS = Arrays.stream(Kind.values())
            .flatMap(kind -> Collections.nCopies(kind.weight, kind).stream())
            .toList();

    private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("io.imageprocessor");

    @BeforeAll
    static void logWarningsOnly() {
        LOGGER.setLevel(Level.WARN);
    }

    @AfterAll
    static void resetLogLevel() {
        LOGGER.setLevel(null);
    }

    // Long enough for any number of seeds; each history has its own limit.
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    @Test
    void invariantsHoldInRandomHistories() throws Exception {
        Map<Event, Integer> worlds = new EnumMap<>(Event.class);
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            Random random = new Random(seed);
            List<Action> actions = Stream.generate(
                            () -> new Action(KINDS.get(random.nextInt(KINDS.size())), random.nextInt()))
                    .limit(ACTIONS)
                    .toList();
            JobWorld world = new JobWorld();
            if (failure(world, actions).isPresent()) {
                throw shrunk(seed, actions);
            }
            world.events.forEach(event -> worlds.merge(event, 1, Integer::sum));
        }
        System.err.println("WORLDS " + worlds);
        assertThat(worlds).as("histories in which each event occurred").containsOnlyKeys(Event.values());
    }

    @Test
    void shrinksAFailingListToItsCause() {
        List<Integer> failing = DeltaDebugging.shrunk(
                Stream.iterate(0, i -> i + 1).limit(100).toList(), list -> list.contains(17) && list.contains(71));

        assertThat(failing).containsExactly(17, 71);
    }

    private static AssertionError shrunk(long seed, List<Action> actions) throws Exception {
        List<Action> few = DeltaDebugging.shrunk(
                actions, fewer -> failure(newWorld(), fewer).isPresent());
        JobWorld world = new JobWorld();
        Throwable failure = failure(world, few).orElseThrow();
        return new AssertionError(
                "seed %d fails with %s%nafter%n  %s".formatted(seed, few, String.join("%n  ".formatted(), world.steps)),
                failure);
    }

    private static JobWorld newWorld() {
        try {
            return new JobWorld();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static Optional<Throwable> failure(JobWorld world, List<Action> actions) {
        try {
            // On another thread, because a deadlock would never return.
            assertTimeoutPreemptively(MAX_RUN, () -> run(world, actions));
            return Optional.empty();
        } catch (RuntimeException | AssertionError e) {
            return Optional.of(e);
        }
    }

    private static void run(JobWorld world, List<Action> actions) {
        JobInvariants invariants = new JobInvariants(world);
        for (Action action : actions) {
            world.apply(action);
            invariants.check();
        }
        while (world.stepToEnd()) {
            invariants.check();
        }
        invariants.checkEnd();
    }
}
