package io.imageprocessor.queue;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The running executions of a job, as a linked list through the executions themselves, so that adding and removing one
 * takes a few assignments and no allocation. Guarded by the lock of {@link FairJobQueue}.
 */
final class RunningExecutions {

    private @Nullable ImageExecution first;

    void add(ImageExecution execution) {
        execution.next = first;
        if (first != null) {
            first.previous = execution;
        }
        first = execution;
    }

    /** Removes an execution, which must be in this list. */
    void remove(ImageExecution execution) {
        if (execution.previous == null) {
            first = execution.next;
        } else {
            execution.previous.next = execution.next;
        }
        if (execution.next != null) {
            execution.next.previous = execution.previous;
        }
    }

    List<ImageExecution> toList() {
        List<ImageExecution> executions = new ArrayList<>();
        for (ImageExecution execution = first; execution != null; execution = execution.next) {
            executions.add(execution);
        }
        return executions;
    }
}
