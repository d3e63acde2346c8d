package io.imageprocessor.postgres.claiming;

import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.boot.config.DbSchedulerCustomizer;
import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** What db-scheduler is given beyond its settings. */
public final class ReplicaScheduler implements DbSchedulerCustomizer {

    /** Of the host's name, so that the whole fits into 50 characters, which db-scheduler cuts names to. */
    private static final int MOST_OF_HOST_NAME = 40;

    private final TwoLanePolling claims;

    public ReplicaScheduler(TwoLanePolling claims) {
        this.claims = claims;
    }

    /** Tells processes apart, also those on one host or with an earlier one's address. */
    @Override
    public Optional<SchedulerName> schedulerName() {
        String host = new SchedulerName.Hostname().getName();
        String name = host.substring(0, Math.min(MOST_OF_HOST_NAME, host.length())) + "-"
                + UUID.randomUUID().toString().substring(0, 8);
        return Optional.of(new SchedulerName.Fixed(name));
    }

    /** An execution does nothing but wait for its slice. */
    @Override
    public Optional<ExecutorService> executorService() {
        return Optional.of(Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("slice-", 0).factory()));
    }

    @Override
    public Optional<JdbcCustomization> jdbcCustomization() {
        return Optional.of(claims);
    }
}
