package io.imageprocessor.postgres.reading;

import io.imageprocessor.job.FailedStorePage;
import io.imageprocessor.job.ImageFilter;
import io.imageprocessor.job.JobFilter;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobImage;
import io.imageprocessor.job.JobQueries;
import io.imageprocessor.job.JobReport;
import io.imageprocessor.job.JobStatus;
import io.imageprocessor.job.JobTotals;
import io.imageprocessor.job.UnfinishedWork;
import io.imageprocessor.job.VisitTotal;
import io.imageprocessor.postgres.database.Database;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads jobs from PostgreSQL. Reads the first rows of a list at once, because most lists end there, and the rest as
 * {@link LargeReads}. Thread-safe.
 */
public final class PostgresJobQueries implements JobQueries {

    /** Each occupies up to a processor here or in the database. */
    private static final int LARGE_READS = Math.max(2, Runtime.getRuntime().availableProcessors());

    private static final Duration MAX_WAIT_FOR_LARGE_READS = Duration.ofSeconds(10);

    private final JobStatusQueries jobs;
    private final JobReportQueries reports;
    private final ImageQueries images;
    private final VisitTotalQueries totals;
    private final LargeReads largeReads;

    /** @param settlement counts the cancelled images of each store before the first report of a cancelled job */
    public PostgresJobQueries(Database database, RetentionCutoff cutoff, Consumer<JobId> settlement) {
        jobs = new JobStatusQueries(database, cutoff);
        reports = new JobReportQueries(database, cutoff, settlement);
        images = new ImageQueries(database, cutoff);
        totals = new VisitTotalQueries(database, cutoff);
        largeReads = new LargeReads(new Semaphore(LARGE_READS, true), MAX_WAIT_FOR_LARGE_READS);
    }

    @Override
    public Optional<JobStatus> status(JobId id) {
        return statuses(Set.of(id)).stream().findFirst();
    }

    @Override
    public List<JobStatus> statuses(Collection<JobId> ids) {
        return jobs.statuses(ids);
    }

    @Override
    public Optional<JobReport> report(JobId id) {
        return reports.report(id);
    }

    @Override
    public Optional<FailedStorePage> failedStores(JobId id, int from, int limit) {
        // Most responses have only one page, and further ones are as large as a large page.
        return from == 0 && limit <= LargeReads.SMALL
                ? reports.failedStores(id, from, limit)
                : largeReads.run(() -> reports.failedStores(id, from, limit));
    }

    @Override
    public List<JobStatus> jobs(JobFilter filter, @Nullable JobId before, int limit) {
        List<JobStatus> first = jobs.jobs(filter, before, Math.min(limit, LargeReads.SMALL));
        if (limit <= LargeReads.SMALL || first.size() < LargeReads.SMALL) {
            return first;
        }
        JobId last = first.getLast().id();
        return joined(first, largeReads.run(() -> jobs.jobs(filter, last, limit - first.size())));
    }

    @Override
    public Optional<List<JobImage>> images(JobId id, ImageFilter filter, int from, int limit) {
        Optional<List<JobImage>> found = images.images(id, filter, from, Math.min(limit, LargeReads.SMALL));
        List<JobImage> first = found.orElse(List.of());
        if (limit <= LargeReads.SMALL || first.size() < LargeReads.SMALL) {
            return found;
        }
        int next = first.getLast().index() + 1;
        return largeReads
                .run(() -> images.images(id, filter, next, limit - first.size()))
                .map(rest -> joined(first, rest));
    }

    private static <T> List<T> joined(List<T> first, List<T> rest) {
        return Stream.concat(first.stream(), rest.stream()).toList();
    }

    @Override
    public List<VisitTotal> visitTotals(Set<String> storeIds, LocalDate first, LocalDate last) {
        return largeReads.run(() -> totals.of(storeIds, first, last));
    }

    @Override
    public JobTotals totals() {
        return jobs.totals();
    }

    @Override
    public UnfinishedWork unfinished() {
        return jobs.unfinished();
    }
}
