import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Phaser;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that call at a fixed rate, whether or not earlier calls were answered, each on its own thread. A call counts
 * from the instant it was planned, so that a service that stands still for a second is slow to all calls of that
 * second.
 */
final class GoodClients implements AutoCloseable {

    /**
     * What a call has returned.
     *
     * @param nanos its latency, as the group of its kind measures it
     */
    record Sent(Http.Answer answer, long nanos) {}

    /** Makes one call; throws an exception for an answer that is neither as it must be nor {@code 503}. */
    @FunctionalInterface
    interface Call {
        Sent send(long planned) throws IOException;
    }

    /** One kind of call, and how often it is made. */
    record Kind(String name, double perSecond, Scores.Group group, Call call) {}

    private static final int UNAVAILABLE = 503;
    /** Its 503 is for the platform, which asks again anyway. */
    private static final String PROBE = "readiness";

    private final List<Kind> kinds;
    private final double perSecond;
    private final Scores scores;
    private final Random random = new Random(1);
    private final Phaser inFlight = new Phaser(1);
    private final Thread planner;
    private volatile boolean closed;

    private GoodClients(List<Kind> kinds, Scores scores) {
        this.kinds = kinds;
        this.scores = scores;
        this.perSecond = kinds.stream().mapToDouble(Kind::perSecond).sum();
        this.planner = new Thread(this::plan, "good clients");
    }

    static GoodClients start(List<Kind> kinds, Scores scores) {
        var clients = new GoodClients(kinds, scores);
        clients.planner.setPriority(Thread.MAX_PRIORITY);
        clients.planner.start();
        return clients;
    }

    /** Returns the planned calls per second. */
    static double rate(List<Kind> kinds) {
        return kinds.stream().mapToDouble(Kind::perSecond).sum();
    }

    private void plan() {
        long interval = Math.round(Duration.ofSeconds(1).toNanos() / perSecond);
        long next = System.nanoTime();
        while (!closed) {
            for (long wait = next - System.nanoTime(); wait > 0; wait = next - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            Kind kind = randomKind();
            long planned = next;
            inFlight.register();
            Thread.startVirtualThread(() -> send(kind, planned));
            next += interval;
        }
    }

    private Kind randomKind() {
        double left = random.nextDouble() * perSecond;
        for (Kind kind : kinds) {
            left -= kind.perSecond();
            if (left < 0) {
                return kind;
            }
        }
        return kinds.getLast();
    }

    private void send(Kind kind, long planned) {
        try {
            Sent sent = kind.call().send(planned);
            boolean refused = sent.answer().status() == UNAVAILABLE;
            if (refused && sent.answer().retryAfter().isEmpty() && !kind.name().equals(PROBE)) {
                scores.fail(kind, "503 without Retry-After");
            } else {
                scores.add(kind, planned, sent.nanos(), refused);
            }
        } catch (WrongAnswer e) {
            scores.fail(kind, e.getMessage());
        } catch (IOException e) {
            scores.breakOff(kind, planned, e.toString());
        } catch (RuntimeException e) {
            scores.fail(kind, "the client failed: " + e);
        } finally {
            inFlight.arriveAndDeregister();
        }
    }

    /** Plans no more calls and waits until all have ended. */
    @Override
    public void close() throws InterruptedException {
        closed = true;
        planner.join();
        inFlight.arriveAndAwaitAdvance();
    }
}
