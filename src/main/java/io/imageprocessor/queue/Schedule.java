package io.imageprocessor.queue;

import io.imageprocessor.job.JobId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What waits, what is under way and what is put off, and what may be started of it: everything that
 * {@link FairJobQueue} decides. Guarded by its lock, under which nothing is run.
 */
final class Schedule {

    private final int mostAhead;
    private final LocalBacklog waitingRoom;
    private final HostLimits hosts;
    private final FairShareScheduler turns;
    private final ExecutionFactory traces;
    private final RetryWheel retries = new RetryWheel();
    private int ahead;
    private int running;

    /** @param waitingRoom has a place for each image that waits or is put off */
    Schedule(QueueLimits limits, LocalBacklog waitingRoom, ExecutionFactory traces) {
        this.mostAhead = limits.ahead();
        this.waitingRoom = waitingRoom;
        this.traces = traces;
        this.hosts = new HostLimits(limits.perNewHost(), limits.perHost());
        this.turns = new FairShareScheduler(hosts);
    }

    /** The host of this name, for a new line of images from it. */
    Host hostOfNewLine(String name) {
        return hosts.ofNewLine(name);
    }

    /** Takes in images that have their places in the waiting room. */
    void join(ImageBatch batch) {
        turns.join(batch);
    }

    /** Takes an image that is to be started now, on behalf of {@code queue}; null if there is none. */
    @Nullable
    ImageExecution take(FairJobQueue queue) {
        FairShareScheduler.Taken taken = ahead < mostAhead ? turns.take() : null;
        if (taken == null) {
            return null;
        }
        HostQueue line = taken.line();
        ImageExecution passage = traces.newPassage(queue, line, taken.task());
        if (taken.task().begun()) {
            int index = taken.task().index();
            passage.firstAttempt = line.batch.firstAttemptAt(index);
            passage.workableSince = line.batch.dueAt(index);
        } else {
            passage.workableSince = line.batch.joinedAt;
        }
        line.batch.job.passages.add(passage);
        ahead++;
        running++;
        waitingRoom.release(1);
        return passage;
    }

    /** The download is over. */
    void leaveHost(ImageExecution passage) {
        if (passage.onHost) {
            passage.onHost = false;
            turns.downloadEnded(passage.line.host, passage.contact);
        }
    }

    /** The image is on the GPU. */
    void leaveAhead(ImageExecution passage) {
        if (passage.ahead) {
            passage.ahead = false;
            ahead--;
            turns.leftAhead(passage.line.batch.job);
        }
    }

    /** The work is over; the image is too, unless it is to be {@link #putOff}. */
    void end(ImageExecution passage) {
        leave(passage);
        if (passage.retryDelay == null) {
            turns.done(passage.line);
        }
    }

    /** The work could not be started: the image waits as before. */
    void putBack(ImageExecution passage) {
        leave(passage);
        if (passage.line.batch.forgotten) {
            turns.done(passage.line);
        } else {
            waitingRoom.enter(1);
            turns.putBack(passage.line, passage.task());
        }
    }

    /** The download is over, and the image will not come to the GPU. */
    void leavePlaces(ImageExecution passage) {
        leaveHost(passage);
        leaveAhead(passage);
    }

    private void leave(ImageExecution passage) {
        leavePlaces(passage);
        running--;
        passage.line.batch.job.passages.remove(passage);
    }

    /**
     * Lets an image whose work has ended wait until it is tried again.
     *
     * @return whether nobody else waits for this tick, so that it has to be announced by {@link #comeBack}
     */
    boolean putOff(ImageExecution passage, long tick) {
        HostQueue line = passage.line;
        if (line.batch.forgotten) {
            turns.done(line);
            return false;
        }
        waitingRoom.enter(1);
        line.putOff();
        line.batch.remember(passage.task().index(), passage.attempts, passage.firstAttempt, tick);
        return retries.add(line, passage.task(), tick);
    }

    /** The images that were put off until this tick are due. */
    void comeBack(long tick) {
        retries.takeDue(tick).forEach(lines -> lines.forEach(turns::comeBack));
    }

    /**
     * Forgets a job and the images of it that wait or are put off.
     *
     * @return those under way, which are to be cancelled
     */
    List<ImageExecution> cancel(JobId id) {
        QueuedJob job = turns.find(id);
        if (job == null) {
            return List.of();
        }
        waitingRoom.release(turns.cancel(job));
        retries.forget(job);
        return job.passages.toList();
    }

    /** Forgets those images of a batch that wait or are put off; the others go on. */
    void withdraw(ImageBatch batch) {
        int forgotten = turns.withdraw(batch);
        if (forgotten > 0) {
            waitingRoom.release(forgotten);
            retries.forget(batch.job);
        }
    }

    /** Jobs of which more than so many images wait. */
    List<JobId> jobsWithMoreThan(int waiting) {
        return turns.jobsWithMoreThan(waiting);
    }

    /** Images that wait until they are due to be tried again. */
    int waitingForRetry() {
        return retries.size();
    }

    /** Whether an image would be started if there was one that may be. */
    boolean isHungry() {
        return ahead < mostAhead;
    }

    /** Images between the queue and the GPU. */
    int ahead() {
        return ahead;
    }

    /** Images that are being worked on. */
    int running() {
        return running;
    }

    boolean isIdle() {
        return running == 0;
    }

    /** Whether nothing is left of any job. */
    boolean isEmpty() {
        return running == 0 && ahead == 0 && turns.isEmpty() && retries.isEmpty();
    }
}
