package io.imageprocessor.postgres.database;

import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.logging.FatalErrors;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.IntStream;
import lombok.RequiredArgsConstructor;

/**
 * Combines calls that threads make at the same time: one of these threads makes the waiting calls of all of them
 * together, as soon as the calls before have ended. A call that is alone is made at once. Thread-safe.
 *
 * @param <T> argument of a call
 * @param <R> its result
 */
@RequiredArgsConstructor
public final class CombinedCalls<T, R> {

    /** Makes calls together, and returns their results in the same order. If it throws, no call has had an effect. */
    private final Function<List<T>, List<R>> together;

    /** Maximum number of calls that are made together. */
    private final int max;

    /** How long calls wait for slow ones, before they are made beside these. */
    private final Duration patience;

    /** Maximum number of threads that make calls at the same time, because calls before are slow. */
    private static final int MAX_THREADS = 3;

    private final ReentrantLock lock = new ReentrantLock();

    /** Oldest first; guarded by the lock, as is {@link #active}. */
    private final Deque<Call<T, R>> waiting = new ArrayDeque<>();

    /** Number of threads that make calls. */
    private int active;

    /** A call, and what its thread does next. */
    @RequiredArgsConstructor
    private static final class Call<T, R> {

        private final T argument;

        /** The calls that this thread must make, its own among them; empty if another thread has made it. */
        private final CompletableFuture<List<Call<T, R>>> batch = new CompletableFuture<>();

        private final CompletableFuture<R> result = new CompletableFuture<>();

        void complete(R value) {
            result.complete(value);
            batch.complete(List.of());
        }

        void fail(Throwable reason) {
            result.completeExceptionally(reason);
            batch.complete(List.of());
        }
    }

    /**
     * Makes a call, alone or with those of other threads.
     *
     * @throws RuntimeException that the function has thrown. Only a {@link StorageUnavailableException} is thrown to
     *     all threads: after another exception, each call is made again on its own, so one does not fail the others.
     */
    public R call(T argument) {
        Call<T, R> call = new Call<>(argument);
        List<Call<T, R>> batch = startOrWait(call) ? List.of(call) : await(call);
        if (!batch.isEmpty()) {
            try {
                run(batch);
            } finally {
                handOver();
            }
        }
        try {
            return call.result.join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                case null, default -> throw e;
            }
        }
    }

    /** Returns the number of calls that wait for their turn. */
    int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** Returns true if this thread makes its call now. Otherwise the call waits. */
    private boolean startOrWait(Call<T, R> call) {
        lock.lock();
        try {
            if (active == 0) {
                active = 1;
                return true;
            }
            waiting.addLast(call);
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the calls that this thread must make; none if another thread has made its call. */
    private List<Call<T, R>> await(Call<T, R> call) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return call.batch.get(patience.toNanos(), TimeUnit.NANOSECONDS);
                } catch (TimeoutException e) {
                    startBesideOthers(call);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Lets this thread make the next calls, unless its call is being made or enough threads make calls. */
    private void startBesideOthers(Call<T, R> call) {
        lock.lock();
        try {
            if (active < MAX_THREADS && waiting.remove(call)) {
                active++;
                waiting.addFirst(call);
                call.batch.complete(next());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes the calls that are made next. Called under the lock. */
    private List<Call<T, R>> next() {
        List<Call<T, R>> next = new ArrayList<>(Math.min(max, waiting.size()));
        while (next.size() < max && !waiting.isEmpty()) {
            next.add(waiting.removeFirst());
        }
        return next;
    }

    /** Lets the thread of the oldest waiting call make the next calls. */
    private void handOver() {
        lock.lock();
        try {
            List<Call<T, R>> next = next();
            if (next.isEmpty()) {
                active--;
            } else {
                next.getFirst().batch.complete(next);
            }
        } finally {
            lock.unlock();
        }
    }

    private void run(List<Call<T, R>> calls) {
        try {
            List<R> results =
                    together.apply(calls.stream().map(call -> call.argument).toList());
            IntStream.range(0, calls.size()).forEach(i -> calls.get(i).complete(results.get(i)));
        } catch (RuntimeException | Error e) {
            FatalErrors.haltIfFatal(e);
            if (calls.size() == 1 || e instanceof StorageUnavailableException) {
                calls.forEach(call -> call.fail(e));
            } else {
                calls.forEach(call -> run(List.of(call)));
            }
        }
    }
}
