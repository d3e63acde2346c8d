package io.imageprocessor.memory;

import io.imageprocessor.job.IdempotencyClaim;
import io.imageprocessor.job.ImageFilter;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobCounts;
import io.imageprocessor.job.JobFilter;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobImage;
import io.imageprocessor.job.JobLog;
import io.imageprocessor.job.JobReport;
import io.imageprocessor.job.JobRepository;
import io.imageprocessor.job.JobSettings;
import io.imageprocessor.job.JobState;
import io.imageprocessor.job.JobStatus;
import io.imageprocessor.job.JobTotals;
import io.imageprocessor.job.UnfinishedWork;
import io.imageprocessor.job.VisitTotal;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Keeps jobs on the heap of this process: gone with it, and bounded twice. A finished job is forgotten when its
 * retention is over, and the oldest finished jobs are forgotten sooner when all of them together have too many images;
 * the job that finished last always stays, so that its client can read its result.
 */
// No @Repository: Spring would put a proxy around it that translates exceptions of databases, with each image.
@Component
@ConditionalOnProperty(name = "imageprocessor.storage", havingValue = "memory", matchIfMissing = true)
public class InMemoryJobRepository implements JobRepository {

    private final Map<JobId, JobProgress> jobs = new ConcurrentHashMap<>();
    /** The same jobs, newest first. */
    private final NavigableMap<JobId, JobProgress> newestFirst =
            new ConcurrentSkipListMap<>(Comparator.comparingLong(JobId::value).reversed());

    private final InMemoryIdempotencyKeys keys;
    private final JobIdSequence ids;
    private final JobSettings settings;
    private final Clock clock;

    /** Oldest first; guarded by itself, as is {@link #finishedWeight}. */
    private final Deque<JobProgress> finished = new ArrayDeque<>();

    private long finishedWeight;

    public InMemoryJobRepository(JobSettings settings, Clock clock) {
        this.ids = new JobIdSequence(clock);
        this.keys = new InMemoryIdempotencyKeys(clock);
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public JobId nextId() {
        return ids.next();
    }

    @Override
    public void save(Job job, Runnable handOver) {
        JobProgress progress = new JobProgress(job, clock);
        // Once it can be found, somebody may cancel it.
        boolean finished = progress.isFinished();
        jobs.put(job.id(), progress);
        newestFirst.put(job.id(), progress);
        try {
            handOver.run();
        } catch (RuntimeException | Error e) {
            // Nobody would ever work on it.
            forget(job.id());
            throw e;
        }
        job.head().retryOf().map(jobs::get).ifPresent(retried -> retried.addRetry(job.id()));
        job.head().key().ifPresent(key -> keys.use(key, job.id()));
        JobLog.accepted(job);
        if (finished) {
            finish(progress);
        }
    }

    @Override
    public boolean start(JobId id, int index) {
        JobProgress progress = jobs.get(id);
        return progress != null && progress.start(index);
    }

    @Override
    public @Nullable ImageResult record(JobId id, int index, ImageResult result) {
        JobProgress progress = jobs.get(id);
        if (progress == null) {
            return null;
        }
        JobProgress.Recorded recorded = progress.record(index, result);
        if (recorded == JobProgress.Recorded.FINISHED_JOB) {
            finish(progress);
        }
        return recorded == JobProgress.Recorded.TOO_LATE ? null : result;
    }

    @Override
    public boolean cancel(JobId id) {
        JobProgress progress = jobs.get(id);
        if (progress == null || !progress.cancel()) {
            return false;
        }
        finish(progress);
        return true;
    }

    @Override
    public Optional<JobStatus> status(JobId id) {
        return find(id).map(JobProgress::status);
    }

    @Override
    public List<JobStatus> statuses(Collection<JobId> ids) {
        return ids.stream().map(this::status).flatMap(Optional::stream).toList();
    }

    @Override
    public Optional<JobReport> report(JobId id) {
        return find(id).map(JobProgress::report);
    }

    @Override
    public List<JobStatus> jobs(JobFilter filter, @Nullable JobId before, int limit) {
        forgetExpired();
        Collection<JobProgress> candidates =
                (before == null ? newestFirst : newestFirst.tailMap(before, false)).values();
        return candidates.stream()
                .filter(progress -> filter.fits(progress.job()))
                .map(JobProgress::status)
                .filter(filter::fits)
                .limit(limit)
                .toList();
    }

    @Override
    public Optional<List<JobImage>> images(JobId id, ImageFilter filter, int from, int limit) {
        return find(id).map(progress -> progress.images(filter, from, limit));
    }

    @Override
    public List<VisitTotal> visitTotals(Set<String> storeIds, LocalDate first, LocalDate last) {
        forgetExpired();
        Map<StoreDay, Long> totals = new HashMap<>();
        jobs.values().forEach(progress -> progress.addTotals(storeIds, first, last, totals));
        return totals.entrySet().stream()
                .map(total ->
                        new VisitTotal(total.getKey().storeId(), total.getKey().date(), total.getValue()))
                .toList();
    }

    @Override
    public IdempotencyClaim claimKey(String key) {
        return keys.claim(key);
    }

    @Override
    public void releaseKey(IdempotencyClaim.Granted claim) {
        keys.release(claim.key());
    }

    @Override
    public JobTotals totals() {
        forgetExpired();
        Map<JobState, Long> states = new EnumMap<>(JobState.class);
        long images = 0;
        long unfinished = 0;
        for (JobProgress progress : jobs.values()) {
            JobStatus status = progress.status();
            states.merge(status.state(), 1L, Long::sum);
            images += status.counts().total();
            unfinished += status.counts().unfinished();
        }
        return new JobTotals(states, images, unfinished);
    }

    @Override
    public UnfinishedWork unfinished() {
        List<JobCounts> ongoing = jobs.values().stream()
                .map(progress -> progress.status().counts())
                .filter(counts -> counts.unfinished() > 0)
                .toList();
        return new UnfinishedWork(
                ongoing.size(),
                ongoing.stream().mapToLong(JobCounts::unfinished).sum());
    }

    /** Forgets finished jobs whose retention is over, also while nobody asks for anything. */
    @Scheduled(fixedDelayString = "PT1M")
    void forgetExpired() {
        Instant newestToForget = clock.instant().minus(settings.retention());
        synchronized (finished) {
            while (!finished.isEmpty() && !finishedAt(finished.getFirst()).isAfter(newestToForget)) {
                forgetOldest();
            }
        }
    }

    private void finish(JobProgress progress) {
        JobLog.ended(progress.status());
        synchronized (finished) {
            finished.addLast(progress);
            finishedWeight += progress.job().weight();
            while (finishedWeight > settings.maxRetainedImages() && finished.size() > 1) {
                forgetOldest();
            }
        }
    }

    private Optional<JobProgress> find(JobId id) {
        forgetExpired();
        return Optional.ofNullable(jobs.get(id));
    }

    private void forgetOldest() {
        Job job = finished.removeFirst().job();
        finishedWeight -= job.weight();
        forget(job.id());
    }

    private void forget(JobId id) {
        jobs.remove(id);
        newestFirst.remove(id);
    }

    private static Instant finishedAt(JobProgress progress) {
        return progress.finishedAt().orElseThrow();
    }
}
