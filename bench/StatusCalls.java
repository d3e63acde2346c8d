import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/** Clients that ask where a job stands until it is completed, each on a thread and a connection of its own. */
final class StatusCalls {

    /** So many that one which waits for its answer keeps no other from asking in time. */
    private static final int CLIENTS = 8;

    /** No job, a million images included, is waited for longer. */
    private static final Duration JOB_LIMIT = Duration.ofMinutes(8);

    private static final Duration PROGRESS = Duration.ofSeconds(10);

    private final List<Service> replicas;
    private final Service.Job job;
    private final Duration beat;
    private final LongConsumer latency;
    private final long begun = System.nanoTime();
    /** The {@link System#nanoTime()} of the first answer that the job is completed. */
    private final CompletableFuture<Long> end = new CompletableFuture<>();

    /** What went wrong last; also after the end. */
    private volatile Exception failure;

    private StatusCalls(List<Service> replicas, Service.Job job, Duration beat, LongConsumer latency) {
        this.replicas = replicas;
        this.job = job;
        this.beat = beat;
        this.latency = latency;
    }

    /**
     * Asks for the status at a fixed beat, the replicas and the clients in turn, until the job is completed; a failed
     * job ends the benchmark.
     *
     * @param latency told of every call how many nanoseconds after its beat it was answered, by one thread at a time: a
     *     call that was late because the one before it of the same client hung counts as slow too
     * @return the seconds since the submission was begun
     */
    static double awaitCompleted(List<Service> replicas, Service.Job job, Duration beat, LongConsumer latency)
            throws InterruptedException {
        var calls = new StatusCalls(replicas, job, beat, latency);
        List<Thread> clients = IntStream.range(0, CLIENTS)
                .mapToObj(first -> Thread.ofPlatform().daemon().start(() -> calls.run(first)))
                .toList();
        long end = calls.awaitEnd();
        for (Thread client : clients) {
            client.join();
        }
        if (calls.failure != null) {
            throw calls.failed(calls.failure);
        }
        return (end - job.sent()) / 1e9;
    }

    /** One client: every so-many-th call, from this one on. */
    private void run(int first) {
        try {
            for (long call = first; ; call += CLIENTS) {
                long due = begun + call * beat.toNanos();
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                if (end.isDone()) {
                    return;
                }
                boolean ongoing = replicas.get((int) (call % replicas.size())).ongoing(job);
                long now = System.nanoTime();
                synchronized (latency) {
                    latency.accept(now - due);
                }
                if (!ongoing) {
                    end.complete(now);
                }
            }
        } catch (IOException | RuntimeException e) {
            failure = e;
            end.completeExceptionally(e);
        }
    }

    private long awaitEnd() throws InterruptedException {
        Service asked = replicas.getFirst();
        while (true) {
            try {
                return end.get(PROGRESS.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                long seconds = (System.nanoTime() - job.sent()) / 1_000_000_000;
                if (seconds > JOB_LIMIT.toSeconds()) {
                    BenchmarkFailure failure =
                            asked.failure("did not finish a job of " + job.images() + " images within " + JOB_LIMIT);
                    end.completeExceptionally(failure);
                    throw failure;
                }
                asked.report().line("... %d s, still ongoing", seconds);
            } catch (ExecutionException e) {
                throw failed(e.getCause());
            }
        }
    }

    private BenchmarkFailure failed(Throwable reason) {
        return reason instanceof BenchmarkFailure told
                ? told
                : replicas.getFirst().failure("did not tell the status of job " + job.id() + ": " + reason);
    }
}
