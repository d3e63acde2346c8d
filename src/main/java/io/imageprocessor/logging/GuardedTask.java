package io.imageprocessor.logging;

import java.util.function.Predicate;
import lombok.extern.slf4j.Slf4j;

/**
 * Runs a periodic task so that a failure ends neither the task nor its thread. The log has one error when the task
 * begins to fail, and one line when it works again, but no more than ten of each a minute. The first error of a kind
 * has its stack trace. For one thread at a time.
 */
@Slf4j
public final class GuardedTask {

    private final String name;
    private final Predicate<Throwable> expected;
    private final RateLimitedLog events = RateLimitedLog.ofEvents(log);
    private boolean failing;

    /** @param name a noun phrase for the log, such as {@code counting jobs} */
    public GuardedTask(String name) {
        this(name, _ -> false);
    }

    /** @param expected failures that another part of the service reports; logged here at debug level only */
    public GuardedTask(String name, Predicate<Throwable> expected) {
        this.name = name;
        this.expected = expected;
    }

    /** Runs the task once. Its failure is logged and goes no further. */
    public void run(Runnable task) {
        try {
            task.run();
            if (failing) {
                failing = false;
                events.info("{} works again", name);
            }
        } catch (RuntimeException | Error e) {
            FatalErrors.haltIfFatal(e);
            report(e);
        }
    }

    private void report(Throwable failure) {
        try {
            if (expected.test(failure)) {
                log.debug("{} postponed", name, failure);
            } else if (failing) {
                log.debug("{} failed again", name, failure);
            } else {
                events.error(failure, "{} failed; trying again", name);
                failing = true;
            }
        } catch (RuntimeException | Error e) {
            // The cause cannot even be logged. The task continues, and the next failure is logged.
            FatalErrors.haltIfFatal(e);
        }
    }
}
