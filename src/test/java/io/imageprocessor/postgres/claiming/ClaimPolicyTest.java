package io.imageprocessor.postgres.claiming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.imageprocessor.job.JobId;
import io.imageprocessor.postgres.reading.SliceKey;
import io.imageprocessor.postgres.reading.SliceLayout;
import io.imageprocessor.queue.FairJobQueue;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClaimPolicyTest {

    private static final int IN_FLIGHT = 256;

    private final FairJobQueue queue = mock();
    private final SliceLeases leases = new SliceLeases(Long.MAX_VALUE);
    private int uncommitted;
    private final ClaimPolicy policy = new ClaimPolicy(queue, leases, () -> uncommitted);

    ClaimPolicyTest() {
        when(queue.maxInFlight()).thenReturn(IN_FLIGHT);
    }

    @Test
    void claimsOneSlicePer256MissingImages() {
        assertThat(policy.limits().others()).isEqualTo(4);

        when(queue.waiting()).thenReturn(1_024 - 257);
        assertThat(policy.limits().others()).isEqualTo(2);

        leases.add(new SliceLease(new SliceKey(new JobId(1), 16), 1, false));
        assertThat(policy.limits().others())
                .as("without the slice whose images are about to be queued")
                .isEqualTo(1);
    }

    @Test
    void doesNotCountImagesThatWaitForRetry() {
        when(queue.waiting()).thenReturn(100_000);
        when(queue.waitingForRetry()).thenReturn(100_000 - 512);

        assertThat(policy.limits())
                .isEqualTo(new ClaimPolicy.Limits(ClaimPolicy.MAX_FIRST_SLICES, 2, List.of(), List.of()));
    }

    @Test
    void excludesJobsThatFillMoreThanTheFreeLeases() {
        int held = ClaimPolicy.MAX_OTHER_SLICES * 2 / 3;
        for (int i = 0; i < held; i++) {
            SliceKey key = SliceKey.of(new JobId(7), (i + 1) * SliceLayout.IMAGES_PER_SLICE);
            lease(key, false);
        }
        int free = ClaimPolicy.MAX_OTHER_SLICES - held;
        when(queue.jobsWithMoreThan(free * SliceLayout.IMAGES_PER_SLICE)).thenReturn(List.of(new JobId(7)));

        assertThat(policy.limits())
                .isEqualTo(new ClaimPolicy.Limits(ClaimPolicy.MAX_FIRST_SLICES, 4, List.of(), List.of(new JobId(7))));
    }

    @Test
    void keepsTheLimitOfOtherSlicesWhenFirstSlicesReachTheirs() {
        for (int job = 1; job <= ClaimPolicy.MAX_FIRST_SLICES; job++) {
            lease(new SliceKey(new JobId(job), 0), true);
        }

        assertThat(policy.limits()).isEqualTo(new ClaimPolicy.Limits(0, 4, List.of(), List.of()));
    }

    private void lease(SliceKey key, boolean first) {
        SliceLease lease = new SliceLease(key, 1, first);
        leases.add(lease);
        lease.open(new BitSet());
    }

    @Test
    void claimsFirstSlicesWithAnyBacklog() {
        when(queue.waiting()).thenReturn(1_000_000);

        assertThat(policy.limits())
                .isEqualTo(new ClaimPolicy.Limits(ClaimPolicy.MAX_FIRST_SLICES, 0, List.of(), List.of()));
    }

    @Test
    void claimsSlicesOfOtherJobsWhenAllImagesWaitForBusyHosts() {
        when(queue.waiting()).thenReturn(5_000);
        when(queue.hasCapacity()).thenReturn(true);
        when(queue.jobsWithMoreThan(4_096)).thenReturn(List.of(new JobId(7)));

        assertThat(policy.limits())
                .isEqualTo(new ClaimPolicy.Limits(ClaimPolicy.MAX_FIRST_SLICES, 2, List.of(), List.of(new JobId(7))));
    }

    @Test
    void claimsNothingWhileCommitsLagOrTheServiceStops() {
        uncommitted = 20_001;
        assertThat(policy.limits().isZero()).isTrue();

        uncommitted = 0;
        assertThat(policy.limits().isZero()).isFalse();
        leases.close();
        assertThat(policy.limits().isZero()).isTrue();
    }

    @Test
    void claimsOtherJobsWhileASliceWaitsForMemory() {
        SliceLease waiting = new SliceLease(new SliceKey(new JobId(9), 16), 1, false);
        leases.add(waiting);
        waiting.setWaitingForRoom(true);

        assertThat(policy.limits())
                .as("the slice does not count as work that is about to start")
                .isEqualTo(new ClaimPolicy.Limits(ClaimPolicy.MAX_FIRST_SLICES, 4, List.of(), List.of()));
    }
}
