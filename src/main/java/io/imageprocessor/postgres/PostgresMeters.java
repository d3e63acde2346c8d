package io.imageprocessor.postgres;

import io.imageprocessor.postgres.claiming.SliceLeases;
import io.imageprocessor.postgres.database.DatabaseMonitor;
import io.imageprocessor.postgres.writing.GroupCommit;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import lombok.RequiredArgsConstructor;

/** How this replica stands with the database. Nothing here asks the database. */
@RequiredArgsConstructor
final class PostgresMeters implements MeterBinder {

    private final SliceLeases held;
    private final GroupCommit commits;
    private final DatabaseMonitor watch;

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("imageprocessor.slices.held", held, SliceLeases::size)
                .description("Slices of jobs that this replica works on")
                .register(registry);
        Gauge.builder("imageprocessor.commits.waiting", commits, GroupCommit::waiting)
                .description("Changes of images that wait to be written")
                .register(registry);
        Gauge.builder("imageprocessor.database.away", watch, it -> it.isAway() ? 1 : 0)
                .description("1 while the database does not answer, or else 0")
                .register(registry);
    }
}
