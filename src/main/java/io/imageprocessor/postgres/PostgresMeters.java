package io.imageprocessor.postgres;

import io.imageprocessor.job.FailureCode;
import io.imageprocessor.postgres.claiming.SliceLeases;
import io.imageprocessor.postgres.database.DatabaseMonitor;
import io.imageprocessor.postgres.writing.GroupCommit;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import lombok.RequiredArgsConstructor;

/** Registers gauges about leases, commits and the database. They read memory only, never the database. */
@RequiredArgsConstructor
final class PostgresMeters implements MeterBinder {

    private final SliceLeases leases;
    private final GroupCommit commits;
    private final DatabaseMonitor monitor;

    /** Returns the counter with which module {@code work} counts internal errors, for images that no worker sees. */
    static Counter internalErrors(MeterRegistry registry) {
        return Counter.builder("imageprocessor.images")
                .tag("outcome", "failed")
                .tag("code", FailureCode.INTERNAL_ERROR.code())
                .description("Images that got a result")
                .register(registry);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("imageprocessor.slices.held", leases, SliceLeases::size)
                .description("Slices of jobs that this replica has leases on")
                .register(registry);
        Gauge.builder("imageprocessor.commits.waiting", commits, GroupCommit::waiting)
                .description("Changes of images that wait to be written")
                .register(registry);
        Gauge.builder("imageprocessor.database.away", monitor, it -> it.isReady() ? 0 : 1)
                .description("1 while the database does not answer or cannot be written, else 0")
                .register(registry);
    }
}
