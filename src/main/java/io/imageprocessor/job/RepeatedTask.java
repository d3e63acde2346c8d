package io.imageprocessor.job;

import lombok.RequiredArgsConstructor;
import lombok.extern.slf4j.Slf4j;

/**
 * Something that is done time and again, and tried again when it fails: the log tells with a stack trace when it begins to
 * fail, and in a line when it works again. Of a storage that does not answer it tells nothing, since whoever watches the
 * storage does. For one thread at a time.
 */
@Slf4j
@RequiredArgsConstructor
public final class RepeatedTask {

    private final String name;
    private boolean failing;

    /** Does it once; a failure goes no further than the log. */
    public void run(Runnable task) {
        try {
            task.run();
            if (failing) {
                failing = false;
                log.info("{} works again", name);
            }
        } catch (StorageUnavailableException e) {
            log.debug("{} is put off", name, e);
        } catch (RuntimeException | Error e) {
            report(e);
        }
    }

    private void report(Throwable failure) {
        try {
            if (failing) {
                log.debug("{} failed once more", name, failure);
            } else {
                log.error("{} failed; trying again", name, failure);
                failing = true;
            }
        } catch (RuntimeException | Error _) {
            // A heap too full even to log why. The task goes on, and the log tells of the next failure.
        }
    }
}
