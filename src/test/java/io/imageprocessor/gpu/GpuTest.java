package io.imageprocessor.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class GpuTest {

    private final List<Duration> pauses = new ArrayList<>();
    private final List<Duration> computed = new ArrayList<>();
    private final Queue<String> served = new ConcurrentLinkedQueue<>();

    @Test
    void pausesForTheComputingTime() throws Exception {
        Gpu gpu = gpu(1, Duration.ofMillis(123));

        try (Gpu.Slot slot = gpu.acquire(1)) {
            assertThat(slot.compute()).isEqualTo(Duration.ofMillis(123));
        }

        assertThat(pauses).containsExactly(Duration.ofMillis(123));
        assertThat(computed).containsExactly(Duration.ofMillis(123));
    }

    @Test
    void doesNotPauseForZeroTime() throws Exception {
        Gpu gpu = gpu(1, Duration.ZERO);

        try (Gpu.Slot slot = gpu.acquire(1)) {
            assertThat(slot.compute()).isZero();
        }

        assertThat(pauses).isEmpty();
        assertThat(computed).containsExactly(Duration.ZERO);
    }

    @Test
    void computingTimesAreInTheConfiguredRange() throws Exception {
        Gpu gpu = new GpuConfiguration()
                .gpu(new GpuSettings(1, Duration.ofNanos(1), Duration.ofNanos(3)), new SimpleMeterRegistry());
        List<Duration> times = new ArrayList<>();

        for (int i = 0; i < 200; i++) {
            try (Gpu.Slot slot = gpu.acquire(1)) {
                times.add(slot.compute());
            }
        }

        assertThat(times).contains(Duration.ofNanos(1), Duration.ofNanos(2), Duration.ofNanos(3));
        assertThat(times).allSatisfy(time -> assertThat(time).isBetween(Duration.ofNanos(1), Duration.ofNanos(3)));
    }

    @Test
    void metricsReportBusySlots() throws Exception {
        Gpu gpu = gpu(4, Duration.ZERO);
        MeterRegistry registry = new SimpleMeterRegistry();
        new GpuMeters(gpu).bindTo(registry);

        try (Gpu.Slot _ = gpu.acquire(1)) {
            assertThat(registry.get("imageprocessor.gpu.slots").gauge().value()).isEqualTo(4);
            assertThat(registry.get("imageprocessor.gpu.slots.busy").gauge().value())
                    .isEqualTo(1);
            assertThat(registry.get("imageprocessor.gpu.utilization").gauge().value())
                    .isEqualTo(0.25);
        }

        assertThat(gpu.busySlots()).isZero();
    }

    @Test
    void grantsNoMoreSlotsThanConfigured() throws Exception {
        Gpu gpu = gpu(2, Duration.ZERO);
        Gpu.Slot first = gpu.acquire(1);
        Gpu.Slot second = gpu.acquire(1);

        Thread third = waiting(gpu, 1, "third");
        first.close();

        third.join();
        assertThat(served).containsExactly("third");
        second.close();
    }

    @Test
    void servesQueuesRoundRobin() throws Exception {
        Gpu gpu = gpu(1, Duration.ZERO);
        Gpu.Slot held = gpu.acquire(1);
        List<Thread> threads = List.of(
                waiting(gpu, 1, "long 1"),
                waiting(gpu, 1, "long 2"),
                waiting(gpu, 1, "long 3"),
                waiting(gpu, 2, "short 1"),
                waiting(gpu, 3, "shortest"),
                waiting(gpu, 2, "short 2"));

        held.close();

        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(served).containsExactly("long 1", "short 1", "shortest", "long 2", "short 2", "long 3");
    }

    @Test
    void skipsAnInterruptedWaiter() throws Exception {
        Gpu gpu = gpu(1, Duration.ZERO);
        Gpu.Slot held = gpu.acquire(1);
        Thread impatient = waiting(gpu, 1, "impatient");
        Thread patient = waiting(gpu, 1, "patient");

        impatient.interrupt();
        impatient.join();
        held.close();

        patient.join();
        assertThat(served).containsExactly("patient");
        gpu.acquire(1).close();
    }

    @Test
    void losesNoSlotIfAnInterruptMeetsAGrant() throws Exception {
        Gpu gpu = gpu(1, Duration.ZERO);
        for (int round = 0; round < 500; round++) {
            Gpu.Slot held = gpu.acquire(1);
            Thread waiting = waiting(gpu, round, "waited");
            Thread interrupter = Thread.ofVirtual().start(waiting::interrupt);
            held.close();
            interrupter.join();
            waiting.join();
        }

        gpu.acquire(1).close();
    }

    /** Starts a thread that waits for a slot, records its name, and releases the slot. */
    private Thread waiting(Gpu gpu, long queueKey, String name) {
        Thread thread = Thread.ofVirtual().start(() -> {
            try (Gpu.Slot _ = gpu.acquire(queueKey)) {
                served.add(name);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> thread.getState() == Thread.State.WAITING || !thread.isAlive());
        return thread;
    }

    private Gpu gpu(int slots, Duration time) {
        return new Gpu(slots, () -> time, pauses::add, computed::add);
    }
}
