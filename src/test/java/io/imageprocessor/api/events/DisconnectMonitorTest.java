package io.imageprocessor.api.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DisconnectMonitorTest {

    private final DisconnectMonitor monitor = new DisconnectMonitor();
    private final AtomicInteger disconnected = new AtomicInteger();

    @Test
    void reportsOnceThatAClientHasDisconnected() {
        monitor.add("request", () -> true, disconnected::incrementAndGet);

        monitor.check();
        monitor.check();

        assertThat(disconnected).hasValue(1);
    }

    @Test
    void reportsNothingOfARequestThatIsComplete() {
        monitor.add("request", () -> true, disconnected::incrementAndGet);
        monitor.remove("request");

        monitor.check();

        assertThat(disconnected).hasValue(0);
    }

    /** As the end of a wait does. */
    @Test
    void letsTheReportEndTheWatch() {
        monitor.add("request", () -> true, () -> {
            disconnected.incrementAndGet();
            monitor.remove("request");
        });

        monitor.check();

        assertThat(disconnected).hasValue(1);
    }

    /** After that, the bytes of the connection belong to the next request. */
    @Test
    void endsAWatchOnlyAfterTheCheckOfItsConnection() throws InterruptedException {
        CountDownLatch checking = new CountDownLatch(1);
        CountDownLatch checked = new CountDownLatch(1);
        monitor.add(
                "request",
                () -> {
                    checking.countDown();
                    awaitDone(checked);
                    return false;
                },
                disconnected::incrementAndGet);
        Thread check = Thread.ofPlatform().start(monitor::check);
        checking.await();
        Thread remove = Thread.ofPlatform().start(() -> monitor.remove("request"));
        try {
            await().until(() -> remove.getState() == Thread.State.BLOCKED);
        } finally {
            checked.countDown();
        }
        check.join();
        remove.join();

        monitor.check();
        assertThat(disconnected).hasValue(0);
    }

    private static void awaitDone(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
