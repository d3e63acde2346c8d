package io.imageprocessor.logging;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import lombok.RequiredArgsConstructor;

/**
 * Lets one stack trace an hour pass for each kind of fault at each place. A kind is the classes of the fault and its
 * causes. The stack traces of a lasting fault would have fifty lines a minute, and say the same. Thread-safe.
 */
@RequiredArgsConstructor
final class TraceLimit {

    private static final long PERIOD_NANOS = Duration.ofHours(1).toNanos();

    /** More kinds than a service meets; beyond it, all are forgotten. */
    private static final int MAX_KINDS = 1_000;

    /** Limits the length of a kind, because causes may form a cycle. */
    private static final int MAX_CAUSES = 20;

    private final LongSupplier nanoTime;

    /** When the trace of each kind has passed. */
    private final Map<String, Long> passedAt = new ConcurrentHashMap<>();

    /** Decides whether the stack trace of a fault that is logged at this place passes. */
    boolean passes(String place, Throwable fault) {
        long now = nanoTime.getAsLong();
        if (passedAt.size() >= MAX_KINDS) {
            passedAt.clear();
        }
        AtomicBoolean passes = new AtomicBoolean();
        passedAt.compute(kind(place, fault), (_, before) -> {
            passes.set(before == null || now - before >= PERIOD_NANOS);
            return passes.get() ? now : before;
        });
        return passes.get();
    }

    private static String kind(String place, Throwable fault) {
        StringBuilder kind = new StringBuilder(place);
        Throwable cause = fault;
        for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
            kind.append(' ').append(cause.getClass().getName());
            cause = cause.getCause();
        }
        return kind.toString();
    }

    /** Returns whether a failed call of a database is a cause. By name, because the class is not loaded without one. */
    static boolean isOfDatabase(Throwable fault) {
        Throwable cause = fault;
        for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
            for (Class<?> type = cause.getClass(); type != null; type = type.getSuperclass()) {
                if (type.getName().equals("java.sql.SQLException")) {
                    return true;
                }
            }
            cause = cause.getCause();
        }
        return false;
    }

    /** Returns the first cause of a fault in one line, for a fault that is logged without its stack trace. */
    static String summary(Throwable fault) {
        Throwable root = fault;
        for (int i = 0; i < MAX_CAUSES && root.getCause() != null; i++) {
            root = root.getCause();
        }
        return root.toString().lines().findFirst().orElse("");
    }
}
