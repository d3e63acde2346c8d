package io.imageprocessor.queue;

import io.imageprocessor.image.ImageFailure.Contact;
import io.imageprocessor.job.ImageTask;
import io.imageprocessor.job.JobId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is: the job's that has the fewest images under way, so that every job has the same share of the
 * downloads, however long each of them takes, and leaves to others what it cannot use. Within a job, its hosts are
 * served in turn. A line whose host is busy when it has its turn waits at that host and comes back when a download from
 * there ends, so that every step takes constant time, however many jobs wait for however many busy hosts. How much
 * makes a host busy is known by {@link HostLimits}.
 *
 * <p>Guarded by the lock of {@link FairJobQueue}.
 */
final class FairShareScheduler {

    /** An image that was taken, and the line it was taken from. */
    record Taken(HostQueue line, ImageTask task) {}

    private final HostLimits hosts;

    /** Jobs that are neither worked through nor cancelled. */
    private final Map<JobId, QueuedJob> jobs = new HashMap<>();

    /** Jobs with a startable line. */
    private final LeastInFlightQueue turn = new LeastInFlightQueue();

    /** @param hosts those of the lines that join */
    FairShareScheduler(HostLimits hosts) {
        this.hosts = hosts;
    }

    /**
     * Takes images of a job in, unless there are none. The job is here until all that was taken in of it is worked
     * through, or it is cancelled; it has one share, however many batches of it there are.
     */
    void join(ImageBatch batch) {
        if (batch.unfinishedLines > 0) {
            QueuedJob there = jobs.putIfAbsent(batch.job.id, batch.job);
            if (there != null) {
                batch.job = there;
            }
            batch.job.batches.add(batch);
            batch.job.startable.addAll(batch.lines);
            giveTurn(batch.job);
        }
    }

    /** The job of this id, if it is here. */
    @Nullable
    QueuedJob find(JobId id) {
        return jobs.get(id);
    }

    /**
     * Takes a job out. Its images that wait are forgotten; those under way count as before until they are over.
     *
     * @return how many were forgotten
     */
    int cancel(QueuedJob job) {
        jobs.remove(job.id);
        return forget(job, List.copyOf(job.batches));
    }

    /**
     * Takes a batch out, if it is here: as {@link #cancel} does for all of a job.
     *
     * @return how many images were forgotten
     */
    int withdraw(ImageBatch batch) {
        return batch.forgotten ? 0 : forget(batch.job, List.of(batch));
    }

    private int forget(QueuedJob job, List<ImageBatch> batches) {
        batches.forEach(batch -> batch.forgotten = true);
        int forgotten = batches.stream()
                .flatMap(batch -> batch.lines.stream())
                .filter(line -> !line.isWorkedThrough())
                .mapToInt(this::forgetWaiting)
                .sum();
        job.startable.removeIf(line -> line.batch.forgotten);
        if (job.startable.isEmpty()) {
            turn.remove(job);
        }
        return forgotten;
    }

    private int forgetWaiting(HostQueue line) {
        Host host = line.host;
        host.passedOver.remove(line);
        int forgotten = line.forgetWaiting();
        leaveIfWorkedThrough(line);
        if (line.calledBack) {
            // The place that it takes no more is for another.
            callBackLongestWaiting(host, 1);
        }
        return forgotten;
    }

    /** Lets a job be served, as long as it has a startable line. */
    private void giveTurn(QueuedJob job) {
        if (!job.startable.isEmpty()) {
            turn.add(job);
        }
    }

    /**
     * Takes the image whose turn it is, or null if none can be started now. It counts as a download from its host until
     * {@link #downloadEnded}, as under way for its job's share until {@link #leftAhead}, and as unfinished until
     * {@link #done}.
     */
    @Nullable
    Taken take() {
        for (QueuedJob job = turn.pollFirst(); job != null; job = turn.pollFirst()) {
            HostQueue line = nextStartable(job);
            if (line != null) {
                ImageTask task = line.take();
                line.host.downloads++;
                turn.changeUnderWay(job, 1);
                if (line.hasWaiting()) {
                    job.startable.addLast(line);
                }
                giveTurn(job);
                return new Taken(line, task);
            }
        }
        return null;
    }

    /** The job's next line whose host is free; the lines before it wait at their hosts from now on. */
    private @Nullable HostQueue nextStartable(QueuedJob job) {
        for (HostQueue line = job.startable.pollFirst(); line != null; line = job.startable.pollFirst()) {
            line.calledBack = false;
            if (!line.host.isBusy()) {
                return line;
            }
            line.host.passedOver.addLast(line);
        }
        return null;
    }

    /**
     * A download from the host is over, so the lines that have waited for it longest may start as many images as it
     * freed places.
     */
    void downloadEnded(Host host, Contact contact) {
        host.downloads--;
        boolean gained = hosts.learn(host, contact);
        callBackLongestWaiting(host, gained ? 2 : 1);
    }

    /** Calls back so many lines, but no more than the host has places for. */
    private void callBackLongestWaiting(Host host, int lines) {
        int wanted = Math.min(lines, host.freePlaces());
        for (int left = Math.min(wanted, host.passedOver.size()); left > 0; left--) {
            HostQueue longestWaiting = host.passedOver.removeFirst();
            longestWaiting.calledBack = true;
            longestWaiting.batch.job.startable.addFirst(longestWaiting);
            giveTurn(longestWaiting.batch.job);
        }
    }

    /** An image of the job has its GPU slot, or is over: it counts no longer towards the job's share. */
    void leftAhead(QueuedJob job) {
        turn.changeUnderWay(job, -1);
    }

    /** An image that was taken could not be started and is to be taken again. */
    void putBack(HostQueue line, ImageTask task) {
        boolean inLine = line.hasWaiting();
        line.putBack(task);
        standInLine(line, inLine);
    }

    /** Images that were put off are to be tried again. */
    void comeBack(HostQueue line, IndexQueue images) {
        boolean inLine = line.hasWaiting();
        line.comeBack(images);
        standInLine(line, inLine);
    }

    private void standInLine(HostQueue line, boolean already) {
        if (!already) {
            line.batch.job.startable.addLast(line);
            giveTurn(line.batch.job);
        }
    }

    /** An image that was taken is worked through, or not to be worked on any more. */
    void done(HostQueue line) {
        line.done();
        leaveIfWorkedThrough(line);
    }

    private void leaveIfWorkedThrough(HostQueue line) {
        if (!line.isWorkedThrough()) {
            return;
        }
        hosts.leave(line.host);
        ImageBatch batch = line.batch;
        if (--batch.unfinishedLines == 0) {
            batch.job.batches.remove(batch);
            if (batch.job.batches.isEmpty()) {
                jobs.remove(batch.job.id, batch.job);
            }
        }
    }

    /** Jobs of which more than so many images wait. */
    List<JobId> jobsWithMoreThan(int waiting) {
        return jobs.values().stream()
                .filter(job -> job.waiting() > waiting)
                .map(job -> job.id)
                .toList();
    }

    /** Whether there is no job, and nothing is left of any. */
    boolean isEmpty() {
        return jobs.isEmpty() && hosts.isEmpty();
    }
}
