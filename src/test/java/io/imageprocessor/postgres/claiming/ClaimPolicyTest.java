package io.imageprocessor.postgres.claiming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.imageprocessor.job.JobId;
import io.imageprocessor.postgres.reading.SliceKey;
import io.imageprocessor.postgres.reading.SliceLayout;
import io.imageprocessor.postgres.writing.GroupCommit;
import io.imageprocessor.queue.FairJobQueue;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClaimPolicyTest {

    private static final int AHEAD = 256;

    private final FairJobQueue queue = mock();
    private final SliceLeases held = new SliceLeases();
    private final GroupCommit commits = mock();
    private final ClaimPolicy demand = new ClaimPolicy(queue, held, commits);

    ClaimPolicyTest() {
        when(queue.maxInFlight()).thenReturn(AHEAD);
    }

    @Test
    void wantsAsManySlicesAsImagesAreMissing() {
        assertThat(demand.now().others()).isEqualTo(4);

        when(queue.waiting()).thenReturn(1_024 - 257);
        assertThat(demand.now().others()).isEqualTo(2);

        held.hold(new SliceLease(new SliceKey(new JobId(1), 16), 1, false));
        assertThat(demand.now().others())
                .as("but for one whose images are about to come")
                .isEqualTo(1);
    }

    @Test
    void wantsMoreInPlaceOfImagesThatWaitToBeTriedAgain() {
        when(queue.waiting()).thenReturn(100_000);
        when(queue.waitingForRetry()).thenReturn(100_000 - 512);

        assertThat(demand.now()).isEqualTo(new ClaimPolicy.Wanted(ClaimPolicy.MOST_FIRST, 2, List.of()));
    }

    @Test
    void leavesPlacesToOthersThanAJobOfWhichMuchWaits() {
        int holding = ClaimPolicy.MOST_OTHERS * 2 / 3;
        for (int i = 0; i < holding; i++) {
            SliceKey key = new SliceKey(new JobId(7), SliceLayout.FIRST + i * SliceLayout.IMAGES);
            hold(key, false);
        }
        int places = ClaimPolicy.MOST_OTHERS - holding;
        when(queue.jobsWithMoreThan(places * SliceLayout.IMAGES)).thenReturn(List.of(new JobId(7)));

        assertThat(demand.now()).isEqualTo(new ClaimPolicy.Wanted(ClaimPolicy.MOST_FIRST, 4, List.of(new JobId(7))));
    }

    @Test
    void leavesThePlacesOfOthersAloneWhateverIsHeldOfSmallJobs() {
        for (int job = 1; job <= ClaimPolicy.MOST_FIRST; job++) {
            hold(new SliceKey(new JobId(job), 0), true);
        }

        assertThat(demand.now()).isEqualTo(new ClaimPolicy.Wanted(0, 4, List.of()));
    }

    private void hold(SliceKey key, boolean first) {
        SliceLease slice = new SliceLease(key, 1, first);
        held.hold(slice);
        slice.begin(new BitSet());
    }

    @Test
    void wantsFirstSlicesWhateverWaits() {
        when(queue.waiting()).thenReturn(1_000_000);

        assertThat(demand.now()).isEqualTo(new ClaimPolicy.Wanted(ClaimPolicy.MOST_FIRST, 0, List.of()));
    }

    @Test
    void wantsSlicesOfOtherJobsWhenAllThatWaitsIsForBusyHosts() {
        when(queue.waiting()).thenReturn(5_000);
        when(queue.hasCapacity()).thenReturn(true);
        when(queue.jobsWithMoreThan(4_096)).thenReturn(List.of(new JobId(7)));

        assertThat(demand.now()).isEqualTo(new ClaimPolicy.Wanted(ClaimPolicy.MOST_FIRST, 2, List.of(new JobId(7))));
    }

    @Test
    void wantsNoneWhileTheDatabaseIsBehindOrTheServiceStops() {
        when(commits.waiting()).thenReturn(20_001);
        assertThat(demand.now().isNothing()).isTrue();

        when(commits.waiting()).thenReturn(0);
        assertThat(demand.now().isNothing()).isFalse();
        held.close();
        assertThat(demand.now().isNothing()).isTrue();
    }
}
