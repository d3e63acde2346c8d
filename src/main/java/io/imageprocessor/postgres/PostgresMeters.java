package io.imageprocessor.postgres;

import io.imageprocessor.postgres.claiming.SliceLeases;
import io.imageprocessor.postgres.database.DatabaseMonitor;
import io.imageprocessor.postgres.writing.GroupCommit;
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

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("imageprocessor.slices.held", leases, SliceLeases::size)
                .description("Slices of jobs that this replica has leases on")
                .register(registry);
        Gauge.builder("imageprocessor.commits.waiting", commits, GroupCommit::waiting)
                .description("Changes of images that wait to be written")
                .register(registry);
        Gauge.builder("imageprocessor.database.away", monitor, it -> it.isUnavailable() ? 1 : 0)
                .description("1 while the database does not answer, else 0")
                .register(registry);
    }
}
