package io.imageprocessor.chaos;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The jobs that the service has confirmed, and what clients have seen of them. Thread-safe. */
final class Ledger {

    /** A job whose submission was answered with 201. */
    static final class Accepted {

        final String id;
        final Submission submission;
        /** Whether the cancellation was confirmed to a client. */
        volatile boolean cancelled;
        /** Whether a client has requested the cancellation, perhaps without a response. */
        volatile boolean cancelRequested;

        volatile boolean finished;
        volatile boolean retried;

        Accepted(String id, Submission submission) {
            this.id = id;
            this.submission = submission;
        }
    }

    private final Map<String, Accepted> jobs = new ConcurrentHashMap<>();
    private final Map<String, Submission> unanswered = new ConcurrentHashMap<>();
    private final Collection<Throwable> violations = new ConcurrentLinkedQueue<>();

    /** Records a confirmed job. A second response to the same key must have the same job. */
    void accepted(String id, Submission submission) {
        Accepted before = jobs.putIfAbsent(id, new Accepted(id, submission));
        if (before != null && !before.submission.equals(submission)) {
            throw new AssertionError("two submissions were answered with job " + id);
        }
    }

    /** Records a submission without a response: the job may exist. */
    void unanswered(Submission submission) {
        unanswered.put(submission.label(), submission);
    }

    /** Returns the submission with this label that got no response at least once. */
    Optional<Submission> unanswered(String label) {
        return Optional.ofNullable(unanswered.get(label));
    }

    Optional<Accepted> job(String id) {
        return Optional.ofNullable(jobs.get(id));
    }

    Collection<Accepted> jobs() {
        return jobs.values();
    }

    /** Returns a random job that no client has seen finished. */
    Optional<Accepted> anyOngoing(Random random) {
        List<Accepted> ongoing =
                jobs.values().stream().filter(job -> !job.finished).toList();
        return ongoing.isEmpty() ? Optional.empty() : Optional.of(ongoing.get(random.nextInt(ongoing.size())));
    }

    /** Returns a job that finished with failures, was not cancelled and was not retried. */
    Optional<Accepted> anyToRetry() {
        return jobs.values().stream()
                .filter(job -> job.finished && !job.retried && !job.cancelRequested && job.submission.failures() > 0)
                .findAny();
    }

    /** Returns the number of images of jobs that no client has seen finished. */
    int unfinishedImages() {
        return jobs.values().stream()
                .filter(job -> !job.finished)
                .mapToInt(job -> job.submission.images().size())
                .sum();
    }

    /** Records a violation, which fails the test. */
    void violation(Throwable violation) {
        violations.add(violation);
    }

    Collection<Throwable> violations() {
        return violations;
    }
}
