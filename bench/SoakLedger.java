import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All jobs that the service has accepted, what it must report about them, and where it did not. Thread-safe.
 *
 * <p>Jobs of rude clients are only counted: their results are in the metrics too.
 */
final class SoakLedger {

    /** So young that no retention and no limit has removed it. */
    private static final double RECENT_SECONDS = 10;

    private static final int REMEMBERED = 400;

    /** Jobs of good clients that nobody has seen finish, oldest first. */
    private final Map<String, SoakJob> unfinished = new LinkedHashMap<>();

    private final Deque<SoakJob> finished = new ArrayDeque<>();
    private final List<String> lost = new ArrayList<>();
    private final List<String> countedTwice = new ArrayList<>();
    private final List<String> otherResults = new ArrayList<>();
    private int goodJobs;
    private int jobs;
    private long results;
    private long unseenImages;

    /** Adds a job of a good client. */
    synchronized void accept(SoakJob job) {
        if (unfinished.put(job.id(), job) != null) {
            countedTwice.add("job id " + job.id() + " was given twice");
        }
        goodJobs++;
        jobs++;
    }

    /** Adds a job of a rude client, whose results are unknown until {@link #settle}. */
    synchronized void acceptRude(int images) {
        jobs++;
        unseenImages += images;
    }

    /** Adds the final counts of a job of a rude client. */
    synchronized void settle(int images, SoakJob.Counts counts) {
        unseenImages -= images;
        results += counts.results();
    }

    /** Adds the images of a submission whose answer was lost: the service may have accepted it. */
    synchronized void suspect(int images) {
        unseenImages += images;
    }

    /** Returns the oldest unfinished job, and makes it the newest, so that all are read in turn; null without any. */
    synchronized SoakJob nextUnfinished() {
        if (unfinished.isEmpty()) {
            return null;
        }
        SoakJob next = unfinished.values().iterator().next();
        unfinished.remove(next.id());
        unfinished.put(next.id(), next);
        return next;
    }

    /** Returns the newest unfinished job with at least as many images; null without one. */
    synchronized SoakJob newestUnfinished(int images) {
        return unfinished.values().stream()
                .filter(job -> job.images() >= images)
                .max((one, other) -> Long.compare(one.accepted(), other.accepted()))
                .orElse(null);
    }

    /** Returns the newest job that has finished lately and has at least as many images; null without one. */
    synchronized SoakJob recentlyFinished(int images) {
        return finished.stream()
                .filter(job -> job.images() >= images && job.ageSeconds() < RECENT_SECONDS)
                .findFirst()
                .orElse(null);
    }

    /** Checks the counts of a job of a good client; called for each answer that has them. */
    synchronized void observe(SoakJob job, SoakJob.Counts counts) {
        if (counts.total() != job.images() || counts.sum() != counts.total()) {
            countedTwice.add("job " + job.id() + " of " + job.images() + " images has " + counts);
        }
        if (!counts.finished() || unfinished.remove(job.id()) == null) {
            return;
        }
        results += counts.results();
        boolean cancelled = counts.status().equals("cancelled");
        if (counts.pending() + counts.running() > 0
                || counts.failed() != job.failing()
                || (counts.cancelled() > 0) != cancelled) {
            otherResults.add("job " + job.id() + ", of whose images " + job.failing() + " must fail, has " + counts);
        }
        finished.addFirst(job);
        if (finished.size() > REMEMBERED) {
            finished.removeLast();
        }
    }

    /** Adds a finding: more rows or jobs than there must be. */
    synchronized void countTwice(String what) {
        countedTwice.add(what);
    }

    /** Adds a job that the service does not know although it has accepted it. */
    synchronized void lose(SoakJob job) {
        if (unfinished.remove(job.id()) != null) {
            lost.add("job " + job.id() + " is unknown after " + Math.round(job.ageSeconds()) + " s");
            unseenImages += job.images();
        }
    }

    /** Declares all unfinished jobs lost. */
    synchronized void loseUnfinished() {
        unfinished.values().forEach(job -> {
            lost.add("job " + job.id() + " is ongoing after " + Math.round(job.ageSeconds()) + " s");
            unseenImages += job.images();
        });
        unfinished.clear();
    }

    synchronized boolean allFinished() {
        return unfinished.isEmpty();
    }

    /** Returns the number of accepted jobs, those of rude clients included. */
    synchronized int jobs() {
        return jobs;
    }

    synchronized int goodJobs() {
        return goodJobs;
    }

    /** Returns the results that clients have seen. */
    synchronized long results() {
        return results;
    }

    /** Returns the images of jobs whose results no client has seen. */
    synchronized long unseenImages() {
        return unseenImages;
    }

    synchronized List<String> lost() {
        return List.copyOf(lost);
    }

    synchronized List<String> countedTwice() {
        return List.copyOf(countedTwice);
    }

    synchronized List<String> otherResults() {
        return List.copyOf(otherResults);
    }
}
