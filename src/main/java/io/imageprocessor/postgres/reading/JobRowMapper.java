package io.imageprocessor.postgres.reading;

import io.imageprocessor.job.IdempotencyKey;
import io.imageprocessor.job.JobCounts;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobMetadata;
import io.imageprocessor.job.JobState;
import io.imageprocessor.job.JobStatus;
import io.imageprocessor.job.TraceParent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/** Maps rows of table {@code job}. Thread-safe. */
public final class JobRowMapper {

    /** The columns of table {@code job} that {@link #status} reads. */
    static final String COLUMNS = """
            job.id, job.submitted_at, job.label, job.retry_of, job.key, job.fingerprint, job.traceparent, job.images,
            job.downloadable, job.running, job.succeeded, job.failed, job.cancelled, job.state, job.started_at,
            job.finished_at, job.retries, job.version
            """;

    /** Selects jobs within retention; the parameter is {@link RetentionCutoff#time}. */
    public static final String KNOWN = "(job.finished_at IS NULL OR job.finished_at > ?)";

    private JobRowMapper() {}

    public static JobStatus status(ResultSet row) throws SQLException {
        int images = row.getInt("images");
        int running = row.getInt("running");
        int succeeded = row.getInt("succeeded");
        int failed = row.getInt("failed");
        int cancelled = row.getInt("cancelled");
        return new JobStatus(
                metadata(row),
                state(row),
                new JobCounts(
                        images,
                        images - running - succeeded - failed - cancelled,
                        running,
                        succeeded,
                        failed,
                        cancelled),
                row.getInt("downloadable"),
                instant(row, "started_at"),
                instant(row, "finished_at"),
                retries(row),
                row.getLong("version"));
    }

    private static JobMetadata metadata(ResultSet row) throws SQLException {
        Optional<String> key = Optional.ofNullable(row.getString("key"));
        String fingerprint = Objects.requireNonNullElse(row.getString("fingerprint"), "");
        return new JobMetadata(
                new JobId(row.getLong("id")),
                instant(row, "submitted_at").orElseThrow(),
                Optional.ofNullable(row.getString("label")),
                Optional.ofNullable(row.getObject("retry_of", Long.class)).map(JobId::new),
                key.map(value -> new IdempotencyKey(value, fingerprint)),
                traceParent(row));
    }

    public static Optional<TraceParent> traceParent(ResultSet row) throws SQLException {
        return Optional.ofNullable(row.getString("traceparent")).map(TraceParent::new);
    }

    public static JobState state(ResultSet row) throws SQLException {
        return JobState.valueOf(row.getString("state").toUpperCase(Locale.ROOT));
    }

    private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    private static List<JobId> retries(ResultSet row) throws SQLException {
        Long[] ids = (Long[]) row.getArray("retries").getArray();
        return Arrays.stream(ids).map(JobId::new).toList();
    }
}
