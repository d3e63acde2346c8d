package io.imageprocessor.work;

import io.imageprocessor.image.ImageProbe;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.Visit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** The waiting images of one job, a line for each host. Guarded by the lock of {@link FairJobQueue}. */
final class JobLine {

    /** Stands for the host of what is no URL: its images fail without a download. */
    private static final String NO_HOST = "";

    final Job job;

    /** For the index of an image, the index of the job's next image from the same host; see {@link HostLine}. */
    final int[] nextOfSameHost;

    /** Lines whose next image may be taken, as far as is known; they are served in turn. */
    final Deque<HostLine> startable = new ArrayDeque<>();

    /** Whether the job stands among those that are served in turn; it does while it has a startable line. */
    boolean inTurn;

    private JobLine(Job job) {
        this.job = job;
        this.nextOfSameHost = new int[job.imageCount()];
    }

    /**
     * Lines up the downloadable images of a job.
     *
     * @param hostOfName asked once for each host of the job
     */
    static JobLine of(Job job, Function<String, Host> hostOfName) {
        JobLine jobLine = new JobLine(job);
        Map<String, HostLine> lines = new HashMap<>();
        for (Visit visit : job.visits()) {
            if (visit.store().isEmpty()) {
                continue;
            }
            int end = visit.firstImage() + visit.imageCount();
            for (int index = visit.firstImage(); index < end; index++) {
                lines.computeIfAbsent(
                                ImageProbe.hostOf(job.url(index)).orElse(NO_HOST),
                                name -> new HostLine(jobLine, hostOfName.apply(name)))
                        .append(index);
            }
        }
        jobLine.startable.addAll(lines.values());
        return jobLine;
    }
}
