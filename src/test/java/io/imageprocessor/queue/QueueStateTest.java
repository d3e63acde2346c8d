package io.imageprocessor.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

import io.imageprocessor.job.ImageTask;
import io.imageprocessor.job.JobId;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class QueueStateTest {

    private static final JobId JOB = new JobId(1);

    private static final Map<String, Consumer<QueueState>> CALLS = Map.ofEntries(
            Map.entry("addHostQueue", state -> state.addHostQueue("a")),
            Map.entry("add", state -> state.add(batch())),
            Map.entry("takeStartable", state -> state.takeStartable(mock())),
            Map.entry("releaseHostPermit", state -> state.releaseHostPermit(execution())),
            Map.entry("releaseDownloadPermit", state -> state.releaseDownloadPermit(execution())),
            Map.entry("releasePermits", state -> state.releasePermits(execution())),
            Map.entry("finish", state -> state.finish(execution())),
            Map.entry("scheduleRetry", state -> state.scheduleRetry(execution(), 1)),
            Map.entry("requeue", state -> state.requeue(execution())),
            Map.entry("retryDue", state -> state.retryDue(1)),
            Map.entry("cancel", state -> state.cancel(JOB)),
            Map.entry("withdraw", state -> state.withdraw(batch())),
            Map.entry("close", state -> state.close(() -> {})),
            Map.entry("takeIdleAction", QueueState::takeIdleAction),
            Map.entry("jobsWithMoreThan", state -> state.jobsWithMoreThan(1)),
            Map.entry("waitingForRetry", QueueState::waitingForRetry),
            Map.entry("hasCapacity", QueueState::hasCapacity),
            Map.entry("inFlight", QueueState::inFlight),
            Map.entry("running", QueueState::running),
            Map.entry("isEmpty", QueueState::isEmpty));

    private final ReentrantLock lock = new ReentrantLock();
    private final QueueState state = new QueueState(
            lock, new QueueLimits(9, 9, 9, 9), new InMemoryBacklog(9), new ExecutionFactory(_ -> {}, null));

    @TestFactory
    Stream<DynamicTest> everyMethodRequiresTheLock() {
        assertThat(CALLS.keySet())
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(QueueState.class.getDeclaredMethods())
                        .filter(method -> !Modifier.isPrivate(method.getModifiers()) && !method.isSynthetic())
                        .map(Method::getName)
                        .toList());
        return CALLS.entrySet().stream()
                .map(call -> DynamicTest.dynamicTest(
                        call.getKey(),
                        () -> assertThatExceptionOfType(AssertionError.class)
                                .isThrownBy(() -> call.getValue().accept(state))));
    }

    @TestFactory
    Stream<DynamicTest> readsAreAllowedUnderTheLock() {
        Set<String> reads = Set.of("hasCapacity", "inFlight", "running", "waitingForRetry", "isEmpty");
        assertThat(CALLS).containsKeys(reads.toArray(String[]::new));
        return CALLS.entrySet().stream()
                .filter(call -> reads.contains(call.getKey()))
                .map(call -> DynamicTest.dynamicTest(call.getKey(), () -> {
                    lock.lock();
                    try {
                        assertThatCode(() -> call.getValue().accept(state)).doesNotThrowAnyException();
                    } finally {
                        lock.unlock();
                    }
                }));
    }

    private static ImageBatch batch() {
        BitSet wanted = new BitSet();
        wanted.set(0);
        return new ImageBatch(JOB, 0, 1, List.of("http://a/0")::get, wanted, name -> new Host(name, 1));
    }

    private static ImageExecution execution() {
        return new ImageExecution(
                mock(), _ -> {}, batch().hostQueues.iterator().next(), new ImageTask(JOB, 0, "http://a/0", 1, false));
    }
}
