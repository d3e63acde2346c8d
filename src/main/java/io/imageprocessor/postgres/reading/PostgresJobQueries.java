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
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads jobs from PostgreSQL. Thread-safe. */
public final class PostgresJobQueries implements JobQueries {

    private final JobStatusQueries jobs;
    private final JobReportQueries reports;
    private final ImageQueries images;
    private final VisitTotalQueries totals;

    /** @param settlement counts the cancelled images of each store before the first report of a cancelled job */
    public PostgresJobQueries(Database database, RetentionCutoff cutoff, Consumer<JobId> settlement) {
        jobs = new JobStatusQueries(database, cutoff);
        reports = new JobReportQueries(database, cutoff, settlement);
        images = new ImageQueries(database, cutoff);
        totals = new VisitTotalQueries(database, cutoff);
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
        return reports.failedStores(id, from, limit);
    }

    @Override
    public List<JobStatus> jobs(JobFilter filter, @Nullable JobId before, int limit) {
        return jobs.jobs(filter, before, limit);
    }

    @Override
    public Optional<List<JobImage>> images(JobId id, ImageFilter filter, int from, int limit) {
        return images.images(id, filter, from, limit);
    }

    @Override
    public List<VisitTotal> visitTotals(Set<String> storeIds, LocalDate first, LocalDate last) {
        return totals.of(storeIds, first, last);
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
