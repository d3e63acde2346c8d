package io.imageprocessor.chaos;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What clients were promised, and what they have seen of it. Thread-safe. */
final class Ledger {

    /** A job that was answered with 201. */
    static final class Accepted {

        final String id;
        final Submission submission;
        /** A client was told so. */
        volatile boolean cancelled;
        /** A client asked for it, and may not have been answered. */
        volatile boolean cancelAsked;

        volatile boolean finished;
        volatile boolean retried;

        Accepted(String id, Submission submission) {
            this.id = id;
            this.submission = submission;
        }
    }

    private final Map<String, Accepted> jobs = new ConcurrentHashMap<>();
    private final Map<String, Submission> unanswered = new ConcurrentHashMap<>();
    private final Collection<Throwable> broken = new ConcurrentLinkedQueue<>();

    /** A second answer to the same key has to name the same job. */
    void accepted(String id, Submission submission) {
        Accepted before = jobs.putIfAbsent(id, new Accepted(id, submission));
        if (before != null && !before.submission.equals(submission)) {
            throw new AssertionError("two submissions were answered with job " + id);
        }
    }

    /** The job may exist. */
    void unanswered(Submission submission) {
        unanswered.put(submission.label(), submission);
    }

    /** What was sent under a label and not answered, at least once. */
    Optional<Submission> unanswered(String label) {
        return Optional.ofNullable(unanswered.get(label));
    }

    Optional<Accepted> job(String id) {
        return Optional.ofNullable(jobs.get(id));
    }

    Collection<Accepted> jobs() {
        return jobs.values();
    }

    /** A job that nobody has seen the end of yet. */
    Optional<Accepted> anyOngoing(Random random) {
        List<Accepted> ongoing =
                jobs.values().stream().filter(job -> !job.finished).toList();
        return ongoing.isEmpty() ? Optional.empty() : Optional.of(ongoing.get(random.nextInt(ongoing.size())));
    }

    /** A job that came to its end by itself, with failures, and was not retried yet. */
    Optional<Accepted> anyToRetry() {
        return jobs.values().stream()
                .filter(job -> job.finished && !job.retried && !job.cancelAsked && job.submission.failures() > 0)
                .findAny();
    }

    /** Images of jobs that nobody has seen the end of yet. */
    int imagesAhead() {
        return jobs.values().stream()
                .filter(job -> !job.finished)
                .mapToInt(job -> job.submission.images().size())
                .sum();
    }

    /** A promise was broken: the test has failed, whatever comes. */
    void broken(Throwable how) {
        broken.add(how);
    }

    Collection<Throwable> broken() {
        return broken;
    }
}
