package io.imageprocessor.postgres;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import lombok.RequiredArgsConstructor;

/** How this replica stands with the database. Nothing here asks the database. */
@RequiredArgsConstructor
final class PostgresMeters implements MeterBinder {

    private final HeldSlices held;
    private final GroupCommit commits;
    private final DatabaseWatch watch;

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("imageprocessor.slices.held", held, HeldSlices::size)
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
