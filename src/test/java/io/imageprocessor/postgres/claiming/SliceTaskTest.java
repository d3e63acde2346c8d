package io.imageprocessor.postgres.claiming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionContext;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import io.imageprocessor.LogLines;
import io.imageprocessor.job.ImageTask;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.postgres.reading.SliceKey;
import io.imageprocessor.queue.FairJobQueue;
import io.imageprocessor.queue.LocalQueues;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In every interleaving, no image stays in the queue without a lease on its slice, and no lease without its images. */
@Timeout(30)
class SliceTaskTest {

    private static final SliceKey KEY = new SliceKey(new JobId(1), 0);

    private final SliceRows rows = mock();
    private final SliceLeases leases = new SliceLeases(Long.MAX_VALUE);
    private final Semaphore downloads = new Semaphore(0);
    private final List<Integer> started = new CopyOnWriteArrayList<>();
    private final FairJobQueue queue = LocalQueues.of(1, this::download, this::record);
    private final LeaseMonitor monitor = mock();
    private final SliceTask task = new SliceTask(rows, leases, queue, monitor, Duration.ZERO);

    private boolean download(ImageTask image) {
        started.add(image.index());
        downloads.acquireUninterruptibly();
        return true;
    }

    private void record(ImageTask image) {
        SliceLease lease = leases.of(image.jobId(), image.index());
        if (lease != null) {
            lease.recordResult(image.index(), true);
        }
    }

    @AfterEach
    void finishDownloads() {
        downloads.release(1_000);
        leases.close();
    }

    @Test
    void reopensSliceThatIsClaimedAgainDuringItsWork() throws Exception {
        when(rows.open(KEY)).thenReturn(slice(3)).thenReturn(slice(3));
        CompletableFuture<SliceLease.End> old = workUnderClaim(1);
        await().until(() -> started.size() == 1);

        CompletableFuture<SliceLease.End> renewed = workUnderClaim(3);

        assertThat(old.get(20, TimeUnit.SECONDS)).isEqualTo(SliceLease.End.LOST);
        await().until(() -> queue.waiting() == 3);
        downloads.release(1_000);
        assertThat(renewed.get(20, TimeUnit.SECONDS)).isEqualTo(SliceLease.End.RECORDED);
        assertQueueIsEmpty();
    }

    @Test
    void withdrawsOnlyItsOwnImagesWhenSliceIsClaimedAgainDuringItsRead() throws Exception {
        CompletableFuture<Optional<SliceRows.OpenSlice>> read = new CompletableFuture<>();
        when(rows.open(KEY)).thenAnswer(_ -> read.join()).thenReturn(slice(3));
        CompletableFuture<SliceLease.End> old = workUnderClaim(1);
        await().untilAsserted(() -> verify(rows).open(KEY));
        CompletableFuture<SliceLease.End> renewed = workUnderClaim(3);
        await().until(() -> started.size() == 1 && queue.waiting() == 2);

        read.complete(slice(3));

        assertThat(old.get(20, TimeUnit.SECONDS)).isEqualTo(SliceLease.End.LOST);
        assertThat(queue.waiting()).as("images under the new claim").isEqualTo(2);
        downloads.release(1_000);
        assertThat(renewed.get(20, TimeUnit.SECONDS)).isEqualTo(SliceLease.End.RECORDED);
        assertThat(started).containsExactly(0, 1, 2);
        assertQueueIsEmpty();
    }

    @Test
    void queuesNoImageOfSliceThatIsLostDuringItsRead() throws Exception {
        CompletableFuture<Optional<SliceRows.OpenSlice>> read = new CompletableFuture<>();
        when(rows.open(KEY)).thenAnswer(_ -> read.join());
        CompletableFuture<SliceLease.End> lost = workUnderClaim(1);
        await().untilAsserted(() -> verify(rows).open(KEY));

        leases.all().forEach(lease -> lease.end(SliceLease.End.LOST));
        read.complete(slice(3));

        assertThat(lost.get(20, TimeUnit.SECONDS)).isEqualTo(SliceLease.End.LOST);
        downloads.release(1_000);
        assertQueueIsEmpty();
    }

    @Test
    void startsNoImageUnderOlderClaimThanTheLeased() throws Exception {
        leases.add(new SliceLease(KEY, 3, true));

        assertThat(workUnderClaim(1).get(20, TimeUnit.SECONDS)).isEqualTo(SliceLease.End.LOST);

        verify(rows, never()).open(any());
        assertThat(leases.contains(KEY, 3)).isTrue();
        assertThat(leases.of(KEY.jobId(), 0)).isNotNull();
    }

    @Test
    void logsFailedSlicesAtMostOncePerMinute() {
        when(rows.open(any())).thenThrow(new IllegalStateException("expected by this test"));

        try (LogLines log = new LogLines(Level.INFO)) {
            for (int job = 1; job <= 3; job++) {
                Execution execution = new Execution(Instant.EPOCH, task.instance(job + "/0"));
                assertThatIllegalStateException()
                        .isThrownBy(() -> task.execute(
                                task.instance(execution.getId()),
                                new ExecutionContext(mock(), execution, mock(), mock())));
            }

            assertThat(log.all())
                    .filteredOn(line -> line.getLevel() == Level.ERROR)
                    .singleElement()
                    .returns("slice 1/0 failed; trying again in PT0S", ILoggingEvent::getFormattedMessage)
                    .satisfies(line -> assertThat(line.getThrowableProxy()).isNotNull());
        }
        assertQueueIsEmpty();
    }

    @Test
    void logsThatAReadTimesOut() {
        when(rows.open(KEY))
                .thenThrow(new StorageUnavailableException(new SQLException("expected by this test", "57014")))
                .thenReturn(slice(3));
        downloads.release(1_000);
        try (LogLines log = new LogLines(Level.INFO)) {
            assertThat(task.workOn(new SliceLease(KEY, 1, true))).isEqualTo(SliceLease.End.RECORDED);

            assertThat(log.all())
                    .filteredOn(line -> line.getLevel() == Level.WARN)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .containsExactly("slice 1/0 waits for the database");
        }
    }

    /** A replica without leases writes nothing else, so this is how it notices that the disk is full. */
    @Test
    void notesThatTheClaimOfADeadReplicaCannotBeReleased() {
        ExecutionOperations<Void> operations = mock();
        Execution claim = new Execution(Instant.EPOCH, task.instance("1/0"));
        RuntimeException full = new IllegalStateException("expected by this test");
        doThrow(full).when(operations).reschedule(any(), any());
        when(monitor.noteFailure(full)).thenReturn(true);

        task.getDeadExecutionHandler()
                .deadExecution(ExecutionComplete.failure(claim, Instant.EPOCH, Instant.EPOCH, null), operations);

        verify(monitor).noteFailure(full);
    }

    private CompletableFuture<SliceLease.End> workUnderClaim(long claim) {
        return CompletableFuture.supplyAsync(
                () -> task.workOn(new SliceLease(KEY, claim, true)), Executors.newVirtualThreadPerTaskExecutor());
    }

    private static Optional<SliceRows.OpenSlice> slice(int images) {
        BitSet unfinished = new BitSet();
        unfinished.set(0, images);
        return Optional.of(new SliceRows.OpenSlice(
                List.of("http://a/0", "http://a/1", "http://a/2").subList(0, images), unfinished, null));
    }

    private void assertQueueIsEmpty() {
        await().until(() -> queue.waiting() == 0 && leases.size() == 0);
        assertThat(queue.jobsWithMoreThan(-1)).isEmpty();
    }
}
