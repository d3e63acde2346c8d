package io.imageprocessor.logging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AsyncConsoleTest {

    private final LoggerContext context = new LoggerContext();
    private final Logger log = context.getLogger("test");
    private final Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final AtomicInteger writes = new AtomicInteger();
    private final CountDownLatch writable = new CountDownLatch(1);

    @BeforeEach
    void installOnAConsole() {
        context.setMDCAdapter(new LogbackMDCAdapter());
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%msg%n");
        encoder.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setName("CONSOLE");
        console.setEncoder(encoder);
        console.start();
        console.setOutputStream(new OutputStream() {
            @Override
            public void write(int b) {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                try {
                    writable.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                writes.incrementAndGet();
                output.write(bytes, offset, length);
            }
        });
        root.addAppender(console);
        AsyncConsole.install(context);
    }

    @AfterEach
    void stop() {
        writable.countDown();
        context.stop();
    }

    private List<String> lines() {
        return output.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void writesEveryLineInOrderBeforeTheStopReturns() throws InterruptedException {
        List<Thread> threads = IntStream.range(0, 4)
                .mapToObj(thread -> Thread.startVirtualThread(
                        () -> IntStream.range(0, 5_000).forEach(i -> log.info("{} {}", thread, i))))
                .toList();
        writable.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        context.stop();

        for (int thread = 0; thread < 4; thread++) {
            String prefix = thread + " ";
            assertThat(lines().stream().filter(line -> line.startsWith(prefix)))
                    .containsExactlyElementsOf(
                            IntStream.range(0, 5_000).mapToObj(i -> prefix + i).toList());
        }
    }

    @Test
    void writesManyLinesAtOnce() {
        IntStream.range(0, 1_000).forEach(i -> log.info("line {}", i));
        writable.countDown();

        await().until(() -> lines().size() == 1_000);
        assertThat(writes.get()).isLessThan(20);
    }

    @Test
    void writesASingleLineWithoutAnother() {
        writable.countDown();
        log.info("alone");

        await().until(() -> lines().equals(List.of("alone")));
    }

    @Test
    void writesTheLastLineOfAProcessThatHaltsAfterTheOthers() {
        writable.countDown();
        IntStream.range(0, 500).forEach(i -> log.info("line {}", i));

        AsyncConsole.halting();
        log.error("last");

        assertThat(lines()).hasSize(501).endsWith("last");
    }

    /** Waits for a second three times: for the lines before, for room for the last line, and for that. */
    @Test
    void haltsIfTheConsoleAcceptsNothing() {
        IntStream.range(0, 2_000).forEach(i -> Thread.startVirtualThread(() -> log.info("line {}", i)));
        long start = System.nanoTime();

        AsyncConsole.halting();
        log.error("last");

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
        assertThat(writes).hasValue(0);
    }

    @Test
    void leavesAConfigurationWithoutAConsoleUnchanged() {
        writable.countDown();
        LoggerContext other = new LoggerContext();

        AsyncConsole.install(other);

        assertThat(other.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders())
                .isExhausted();
    }
}
