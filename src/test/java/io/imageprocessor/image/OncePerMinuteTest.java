package io.imageprocessor.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OncePerMinuteTest {

    /** Near its overflow, as it may be. */
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1);

    private final OncePerMinute gate = new OncePerMinute(now::get);

    @Test
    void letsOnePassAndTheNextAfterAMinute() {
        assertThat(gate.mayPass()).isTrue();
        assertThat(gate.mayPass()).isFalse();

        now.addAndGet(Duration.ofMinutes(1).toNanos() - 1);
        assertThat(gate.mayPass()).isFalse();

        now.addAndGet(1);
        assertThat(gate.mayPass()).isTrue();
        assertThat(gate.mayPass()).isFalse();
    }

    @Test
    void letsOnePassOfManyThatComeAtOnce() {
        AtomicInteger passed = new AtomicInteger();
        try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int worker = 0; worker < 100; worker++) {
                workers.execute(() -> passed.addAndGet(gate.mayPass() ? 1 : 0));
            }
        }

        assertThat(passed).hasValue(1);
    }
}
