package io.imageprocessor.work;

import io.imageprocessor.job.ImageTask;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is: jobs are served in turn, an image each, and within a job its hosts are. A line whose host is busy
 * when it has its turn waits at that host and comes back when a download from there ends, so that every step takes
 * constant time, however many jobs wait for however many busy hosts. Guarded by the lock of {@link FairJobQueue}.
 */
final class Turns {

    /** An image that was taken, and the line it was taken from. */
    record Taken(HostLine line, ImageTask task) {}

    private final int downloadsPerHost;

    /** Jobs with a startable line, the next first. */
    private final Deque<JobLine> turn = new ArrayDeque<>();

    /** Hosts with a line that is not worked through. */
    private final Map<String, Host> hosts = new HashMap<>();

    Turns(int downloadsPerHost) {
        this.downloadsPerHost = downloadsPerHost;
    }

    /** The host of this name, for a new line of images from it. */
    Host hostOfNewLine(String name) {
        Host host = hosts.computeIfAbsent(name, Host::new);
        host.lines++;
        return host;
    }

    /** Lets a job be served in turn, as long as it has a startable line. */
    void join(JobLine job) {
        if (!job.inTurn && !job.startable.isEmpty()) {
            job.inTurn = true;
            turn.addLast(job);
        }
    }

    /**
     * Takes the image whose turn it is, or null if none can be started now. It counts as a download from its host until
     * {@link #downloadEnded}, and as under way until {@link #comeBack} or {@link #done}.
     */
    @Nullable
    Taken take() {
        for (JobLine job = turn.pollFirst(); job != null; job = turn.pollFirst()) {
            job.inTurn = false;
            HostLine line = nextStartable(job);
            if (line != null) {
                ImageTask task = line.take();
                line.host.downloads++;
                if (line.hasWaiting()) {
                    job.startable.addLast(line);
                }
                join(job);
                return new Taken(line, task);
            }
        }
        return null;
    }

    /** The job's next line whose host is free; the lines before it wait at their hosts from now on. */
    private @Nullable HostLine nextStartable(JobLine job) {
        for (HostLine line = job.startable.pollFirst(); line != null; line = job.startable.pollFirst()) {
            if (line.host.downloads < downloadsPerHost) {
                return line;
            }
            line.host.passedOver.addLast(line);
        }
        return null;
    }

    /** A download from the host is over, so the line that has waited for it longest may start an image. */
    void downloadEnded(Host host) {
        host.downloads--;
        HostLine longestWaiting = host.passedOver.pollFirst();
        if (longestWaiting != null) {
            longestWaiting.job.startable.addFirst(longestWaiting);
            join(longestWaiting.job);
        }
    }

    /** An image that was taken is to be tried again. */
    void comeBack(HostLine line, ImageTask task) {
        boolean queued = line.hasWaiting();
        line.comeBack(task);
        if (!queued) {
            line.job.startable.addLast(line);
            join(line.job);
        }
    }

    /** An image that was taken is worked through. */
    void done(HostLine line) {
        line.done();
        Host host = line.host;
        if (line.isWorkedThrough() && --host.lines == 0) {
            hosts.remove(host.name);
        }
    }

    /** How many hosts are remembered. */
    int hostCount() {
        return hosts.size();
    }
}
