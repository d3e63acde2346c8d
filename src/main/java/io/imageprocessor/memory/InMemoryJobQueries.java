package io.imageprocessor.memory;

import io.imageprocessor.job.FailedStorePage;
import io.imageprocessor.job.ImageFilter;
import io.imageprocessor.job.JobCounts;
import io.imageprocessor.job.JobFilter;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobImage;
import io.imageprocessor.job.JobQueries;
import io.imageprocessor.job.JobReport;
import io.imageprocessor.job.JobState;
import io.imageprocessor.job.JobStatus;
import io.imageprocessor.job.JobTotals;
import io.imageprocessor.job.UnfinishedWork;
import io.imageprocessor.job.VisitTotal;
import java.time.LocalDate;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import lombok.RequiredArgsConstructor;
import org.jspecify.annotations.Nullable;

/** Reads the jobs in the heap of this process. */
@RequiredArgsConstructor
final class InMemoryJobQueries implements JobQueries {

    private final RetainedJobs jobs;

    @Override
    public Optional<JobStatus> status(JobId id) {
        return jobs.find(id).map(JobProgress::status);
    }

    @Override
    public List<JobStatus> statuses(Collection<JobId> ids) {
        return ids.stream().map(this::status).flatMap(Optional::stream).toList();
    }

    @Override
    public Optional<JobReport> report(JobId id) {
        return jobs.find(id).map(JobProgress::report);
    }

    @Override
    public Optional<FailedStorePage> failedStores(JobId id, int from, int limit) {
        return jobs.find(id).map(progress -> progress.failedStores(from, limit));
    }

    @Override
    public List<JobStatus> jobs(JobFilter filter, @Nullable JobId before, int limit) {
        return jobs.newestFirst(before).stream()
                .filter(progress -> filter.matches(progress.job()))
                .map(JobProgress::status)
                .filter(filter::matches)
                .limit(limit)
                .toList();
    }

    @Override
    public Optional<List<JobImage>> images(JobId id, ImageFilter filter, int from, int limit) {
        return jobs.find(id).map(progress -> new ImageQueries(progress).images(filter, from, limit));
    }

    @Override
    public List<VisitTotal> visitTotals(Set<String> storeIds, LocalDate first, LocalDate last) {
        Map<StoreDay, Long> totals = new HashMap<>();
        jobs.all().forEach(progress -> new ImageQueries(progress).addTotals(storeIds, first, last, totals));
        return totals.entrySet().stream()
                .map(total ->
                        new VisitTotal(total.getKey().storeId(), total.getKey().date(), total.getValue()))
                .toList();
    }

    @Override
    public JobTotals totals() {
        Map<JobState, Long> states = new EnumMap<>(JobState.class);
        long images = 0;
        long unfinished = 0;
        for (JobProgress progress : jobs.all()) {
            JobStatus status = progress.status();
            states.merge(status.state(), 1L, Long::sum);
            images += status.counts().total();
            unfinished += status.counts().unfinished();
        }
        return new JobTotals(states, images, unfinished);
    }

    @Override
    public UnfinishedWork unfinished() {
        List<JobCounts> ongoing = jobs.all().stream()
                .map(progress -> progress.status().counts())
                .filter(counts -> counts.unfinished() > 0)
                .toList();
        return new UnfinishedWork(
                ongoing.size(),
                ongoing.stream().mapToLong(JobCounts::unfinished).sum());
    }
}
