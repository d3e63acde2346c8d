import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The running rude clients, each on its own thread. The service may refuse them, close their connections or let them
 * wait, so what happens to them is counted, not judged.
 */
final class RudeClients implements AutoCloseable {

    /** What a rude client does again and again. Used by one thread. */
    @FunctionalInterface
    interface Act extends AutoCloseable {
        void once() throws IOException, InterruptedException;

        /** Ends what {@link #once} has left open. */
        @Override
        default void close() throws IOException {}
    }

    /** One rude client and its counters, which its thread writes. */
    private static final class Client {
        final String name;
        final Thread thread;
        volatile int acts;
        volatile int failures;
        volatile String lastFailure = "";

        Client(String name, Thread thread) {
            this.name = name;
            this.thread = thread;
        }
    }

    private static final long JOIN_SECONDS = 90;

    /** Names of clients that are left out, separated by semicolons: to find out which of them does the harm. */
    private static final List<String> LEFT_OUT =
            List.of(System.getenv().getOrDefault("SOAK_WITHOUT", "").split("\\s*;\\s*"));

    private final List<Client> clients = new ArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Starts a client that acts at once, and again after each interval. */
    void start(String name, Duration interval, Act act) {
        start(name, Duration.ZERO, interval, act);
    }

    /** Starts a client that acts first after a delay. */
    void start(String name, Duration delay, Duration interval, Act act) {
        if (LEFT_OUT.contains(name)) {
            return;
        }
        var started = new Client[1];
        Thread thread = Thread.ofVirtual().unstarted(() -> run(started[0], delay, interval, act));
        started[0] = new Client(name, thread);
        clients.add(started[0]);
        thread.start();
    }

    private void run(Client client, Duration delay, Duration interval, Act act) {
        try (act) {
            boolean end = closed.await(delay.toMillis(), TimeUnit.MILLISECONDS);
            while (!end) {
                try {
                    act.once();
                } catch (IOException | RuntimeException e) {
                    client.failures = client.failures + 1;
                    client.lastFailure = e.toString();
                }
                client.acts = client.acts + 1;
                end = closed.await(interval.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            client.lastFailure = e.toString();
        }
    }

    /** Returns the names of clients that are left out; empty in a run that counts. */
    static List<String> leftOut() {
        return LEFT_OUT.stream().filter(name -> !name.isEmpty()).toList();
    }

    /** Returns what each client has done so far. */
    List<String> summary() {
        return clients.stream()
                .map(client -> client.name + " " + client.acts
                        + (client.failures == 0 ? "" : " (" + client.failures + " broke off)"))
                .toList();
    }

    /** Returns the last failure of each client that had one. */
    List<String> failures() {
        return clients.stream()
                .filter(client -> client.failures > 0)
                .map(client -> client.name + ": " + client.lastFailure)
                .toList();
    }

    /** Ends all clients. Each may complete what it does, so that no file and no right stays changed. */
    @Override
    public void close() throws InterruptedException {
        closed.countDown();
        for (Client client : clients) {
            if (!client.thread.join(Duration.ofSeconds(JOIN_SECONDS))) {
                client.thread.interrupt();
                client.thread.join();
            }
        }
    }
}
