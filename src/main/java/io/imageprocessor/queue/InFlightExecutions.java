package io.imageprocessor.queue;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The images of a job that are under way. They are linked by themselves, so that one comes and goes at the cost of a
 * few assignments. Guarded by the lock of {@link FairJobQueue}.
 */
final class InFlightExecutions {

    private @Nullable ImageExecution first;

    void add(ImageExecution passage) {
        passage.next = first;
        if (first != null) {
            first.previous = passage;
        }
        first = passage;
    }

    /** Takes out one that is here. */
    void remove(ImageExecution passage) {
        if (passage.previous == null) {
            first = passage.next;
        } else {
            passage.previous.next = passage.next;
        }
        if (passage.next != null) {
            passage.next.previous = passage.previous;
        }
    }

    List<ImageExecution> toList() {
        List<ImageExecution> passages = new ArrayList<>();
        for (ImageExecution passage = first; passage != null; passage = passage.next) {
            passages.add(passage);
        }
        return passages;
    }
}
