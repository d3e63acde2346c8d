package io.imageprocessor.api.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.api.ApiSettings;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.json.JsonMapper;

class ListenerBufferTest {

    private static final JobId ID = new JobId(7);
    private static final long INTERVAL = Duration.ofMillis(200).toNanos();
    private static final long HEARTBEAT = Duration.ofSeconds(15).toNanos();
    private static final JobEvents EVENTS = new JobEvents(
            JsonMapper.builder().build(), new ApiSettings(ApiSettings.JobIdType.NUMBER, DataSize.ofMegabytes(1)));

    private long now = -5;

    @Test
    void asksForReconnectionsAndTellsThePresentStateAtOnce() {
        ListenerBuffer outbox = outbox("");

        assertThat(see(outbox, Statuses.ongoing(ID, 1))).isTrue();
        assertThat(taken(outbox)).containsExactly("retry: 2000\n\n", """
                id: 1
                event: progress
                data: {"job_id":7,"status":"ongoing",\
                "counts":{"total":4,"pending":3,"running":0,"succeeded":1,"failed":0,"cancelled":0},"progress":0.25}

                """);
    }

    @Test
    void tellsNothingTwice() {
        ListenerBuffer outbox = listeningTo(Statuses.ongoing(ID, 1));

        passMillis(1_000);

        assertThat(see(outbox, Statuses.ongoing(ID, 1))).isFalse();
        assertThat(taken(outbox)).isEmpty();
    }

    @Test
    void leavesTheIntervalBetweenTwoProgressEvents() {
        ListenerBuffer outbox = listeningTo(Statuses.ongoing(ID, 1));

        passMillis(199);
        assertThat(see(outbox, Statuses.ongoing(ID, 2))).isFalse();
        passMillis(1);
        assertThat(see(outbox, Statuses.ongoing(ID, 3))).isTrue();

        assertThat(ids(outbox)).containsExactly("3");
    }

    @Test
    void tellsTheFinalCountsAndTheEndAtOnceAndThenNothing() {
        ListenerBuffer outbox = listeningTo(Statuses.ongoing(ID, 1));

        assertThat(see(outbox, Statuses.completed(ID))).isTrue();

        List<String> taken = taken(outbox);
        assertThat(taken).hasSize(2);
        assertThat(taken.getFirst()).startsWith("id: 4\nevent: progress\n").contains("\"completed\"", "\"progress\":1");
        assertThat(taken.getLast())
                .startsWith("id: finished\nevent: finished\n")
                .contains("\"succeeded\":4")
                .endsWith("\"progress\":1.0,\"finished_at\":\"2026-01-01T00:00:07Z\"}\n\n");
        assertThat(outbox.isOver()).isTrue();
        passMillis(60_000);
        see(outbox, Statuses.completed(ID, 9));
        assertThat(taken(outbox)).isEmpty();
    }

    @Test
    void keepsTheNewestProgressAndTheEndForAListenerThatTakesNothing() {
        ListenerBuffer outbox = listeningTo(Statuses.ongoing(ID, 0));
        for (int version = 1; version < 1_000; version++) {
            passMillis(50);
            see(outbox, Statuses.ongoing(ID, 3, version));
        }
        assertThat(see(outbox, Statuses.completed(ID, 1_000))).isTrue();
        assertThat(see(outbox, Statuses.completed(ID, 1_001))).isTrue();

        assertThat(ids(outbox)).containsExactly("1000", "finished");
    }

    @Test
    void countsTheIntervalFromWhenAnEventWasTaken() {
        ListenerBuffer outbox = listeningTo(Statuses.ongoing(ID, 1));
        passMillis(200);
        see(outbox, Statuses.ongoing(ID, 2));
        passMillis(190);
        assertThat(ids(outbox)).containsExactly("2");

        passMillis(190);
        assertThat(see(outbox, Statuses.ongoing(ID, 3))).isFalse();
    }

    @Test
    void resumesWithNothingUntilSomethingChanges() {
        ListenerBuffer outbox = outbox("2");

        assertThat(see(outbox, Statuses.ongoing(ID, 2))).isFalse();
        assertThat(taken(outbox)).containsExactly("retry: 2000\n\n");
        assertThat(see(outbox, Statuses.ongoing(ID, 3))).isTrue();
        assertThat(ids(outbox)).containsExactly("3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "9", "-1", "finished", "nonsense", "2 "})
    void tellsThePresentStateToAClientThatKnowsAnother(String lastEventId) {
        ListenerBuffer outbox = outbox(lastEventId);

        assertThat(see(outbox, Statuses.ongoing(ID, 2))).isTrue();

        assertThat(ids(outbox)).containsExactly("2");
    }

    @Test
    void tellsTheEndToAClientThatKnowsTheFinalCountsAlone() {
        ListenerBuffer outbox = outbox("4");

        assertThat(see(outbox, Statuses.completed(ID))).isTrue();

        assertThat(ids(outbox)).containsExactly("finished");
    }

    @Test
    void breaksALongSilenceWithAComment() {
        ListenerBuffer outbox = listeningTo(Statuses.ongoing(ID, 1));

        passMillis(14_999);
        assertThat(see(outbox, Statuses.ongoing(ID, 1))).isFalse();
        passMillis(1);
        assertThat(see(outbox, Statuses.ongoing(ID, 1))).isTrue();
        assertThat(taken(outbox)).containsExactly(":\n\n");

        passMillis(10_000);
        see(outbox, Statuses.ongoing(ID, 2));
        assertThat(ids(outbox)).containsExactly("2");
        passMillis(14_999);
        assertThat(see(outbox, Statuses.ongoing(ID, 2))).isFalse();
    }

    @Test
    void endsWithWhatWasSeen() {
        ListenerBuffer outbox = outbox("");
        see(outbox, Statuses.ongoing(ID, 1));

        outbox.end();
        see(outbox, Statuses.completed(ID));

        assertThat(outbox.isOver()).isTrue();
        assertThat(ids(outbox)).containsExactly("1");
    }

    private ListenerBuffer outbox(String lastEventId) {
        return new ListenerBuffer(lastEventId, HEARTBEAT, now);
    }

    /** The outbox of a listener who was told this. */
    private ListenerBuffer listeningTo(JobStatus job) {
        ListenerBuffer outbox = outbox("");
        see(outbox, job);
        taken(outbox);
        return outbox;
    }

    private void passMillis(long millis) {
        now += Duration.ofMillis(millis).toNanos();
    }

    private boolean see(ListenerBuffer outbox, JobStatus job) {
        return outbox.see(new JobSnapshot(job, EVENTS), now, INTERVAL);
    }

    private List<String> taken(ListenerBuffer outbox) {
        List<String> all = new ArrayList<>();
        for (byte[] next = outbox.next(now); next != null; next = outbox.next(now)) {
            all.add(new String(next, StandardCharsets.UTF_8));
        }
        return all;
    }

    private List<String> ids(ListenerBuffer outbox) {
        return taken(outbox).stream()
                .filter(event -> event.startsWith("id: "))
                .map(event -> event.substring(4, event.indexOf('\n')))
                .toList();
    }
}
