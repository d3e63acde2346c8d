package io.imageprocessor.postgres.claiming;

import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.boot.config.DbSchedulerCustomizer;
import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.queue.FairJobQueue;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntSupplier;

/** Configures db-scheduler beyond its settings. */
public final class ReplicaScheduler implements DbSchedulerCustomizer {

    /** Maximum length of the host name in the scheduler's name, which db-scheduler truncates to 50 characters. */
    private static final int MAX_HOST_NAME = 40;

    private final TwoLanePolling polling;
    private final String name = uniqueName();

    /** @param uncommitted the number of changes that wait to be written */
    public ReplicaScheduler(Database database, FairJobQueue queue, SliceLeases leases, IntSupplier uncommitted) {
        this.polling = new TwoLanePolling(database, new ClaimPolicy(queue, leases, uncommitted));
    }

    private static String uniqueName() {
        String host = new SchedulerName.Hostname().getName();
        return host.substring(0, Math.min(MAX_HOST_NAME, host.length())) + "-"
                + UUID.randomUUID().toString().substring(0, 8);
    }

    /** Returns the name of this replica, which is unique for each process, also on one host. */
    String name() {
        return name;
    }

    @Override
    public Optional<SchedulerName> schedulerName() {
        return Optional.of(new SchedulerName.Fixed(name));
    }

    /** Virtual threads, because an execution only waits until its slice is done. */
    @Override
    public Optional<ExecutorService> executorService() {
        return Optional.of(Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("slice-", 0).factory()));
    }

    @Override
    public Optional<JdbcCustomization> jdbcCustomization() {
        return Optional.of(polling);
    }
}
