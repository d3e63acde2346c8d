package io.imageprocessor.api.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.api.ApiJson;
import io.imageprocessor.api.ApiSettings.JobIdType;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListenerBufferTest {

    private static final JobId ID = new JobId(7);
    private static final long INTERVAL = Duration.ofMillis(200).toNanos();
    private static final long HEARTBEAT = Duration.ofSeconds(15).toNanos();
    private static final JobEvents EVENTS = new JobEvents(ApiJson.mapper(JobIdType.NUMBER));

    private long now = -5;

    @Test
    void sendsRetryTimeAndCurrentStateAtOnce() {
        ListenerBuffer buffer = buffer("");

        assertThat(update(buffer, Statuses.ongoing(ID, 1))).isTrue();
        assertThat(taken(buffer)).containsExactly("retry: 2000\n\n", """
                id: 1
                event: progress
                data: {"job_id":7,"status":"ongoing",\
                "counts":{"total":4,"pending":3,"running":0,"succeeded":1,"failed":0,"cancelled":0},"progress":0.25}

                """);
    }

    @Test
    void sendsNothingTwice() {
        ListenerBuffer buffer = listeningTo(Statuses.ongoing(ID, 1));

        passMillis(1_000);

        assertThat(update(buffer, Statuses.ongoing(ID, 1))).isFalse();
        assertThat(taken(buffer)).isEmpty();
    }

    @Test
    void keepsTheIntervalBetweenProgressEvents() {
        ListenerBuffer buffer = listeningTo(Statuses.ongoing(ID, 1));

        passMillis(199);
        assertThat(update(buffer, Statuses.ongoing(ID, 2))).isFalse();
        passMillis(1);
        assertThat(update(buffer, Statuses.ongoing(ID, 3))).isTrue();

        assertThat(ids(buffer)).containsExactly("3");
    }

    @Test
    void sendsFinalCountsAndEndAtOnce() {
        ListenerBuffer buffer = listeningTo(Statuses.ongoing(ID, 1));

        assertThat(update(buffer, Statuses.completed(ID))).isTrue();

        List<String> taken = taken(buffer);
        assertThat(taken).hasSize(2);
        assertThat(taken.getFirst()).startsWith("id: 4\nevent: progress\n").contains("\"completed\"", "\"progress\":1");
        assertThat(taken.getLast())
                .startsWith("id: finished\nevent: finished\n")
                .contains("\"succeeded\":4")
                .endsWith("\"progress\":1.0,\"finished_at\":\"2026-01-01T00:00:07Z\"}\n\n");
        assertThat(buffer.isEnded()).isTrue();
        passMillis(60_000);
        update(buffer, Statuses.completed(ID, 9));
        assertThat(taken(buffer)).isEmpty();
    }

    @Test
    void buffersOnlyNewestProgressAndEndForASlowListener() {
        ListenerBuffer buffer = listeningTo(Statuses.ongoing(ID, 0));
        for (int version = 1; version < 1_000; version++) {
            passMillis(50);
            update(buffer, Statuses.ongoing(ID, 3, version));
        }
        assertThat(update(buffer, Statuses.completed(ID, 1_000))).isTrue();
        assertThat(update(buffer, Statuses.completed(ID, 1_001))).isTrue();

        assertThat(ids(buffer)).containsExactly("1000", "finished");
    }

    @Test
    void startsTheIntervalWhenAnEventIsTaken() {
        ListenerBuffer buffer = listeningTo(Statuses.ongoing(ID, 1));
        passMillis(200);
        update(buffer, Statuses.ongoing(ID, 2));
        passMillis(190);
        assertThat(ids(buffer)).containsExactly("2");

        passMillis(190);
        assertThat(update(buffer, Statuses.ongoing(ID, 3))).isFalse();
    }

    @Test
    void resumesWithTheNextChange() {
        ListenerBuffer buffer = buffer("2");

        assertThat(update(buffer, Statuses.ongoing(ID, 2))).isFalse();
        assertThat(taken(buffer)).containsExactly("retry: 2000\n\n");
        assertThat(update(buffer, Statuses.ongoing(ID, 3))).isTrue();
        assertThat(ids(buffer)).containsExactly("3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "9", "-1", "finished", "nonsense", "2 "})
    void sendsCurrentStateToAClientWithAnotherEventId(String lastEventId) {
        ListenerBuffer buffer = buffer(lastEventId);

        assertThat(update(buffer, Statuses.ongoing(ID, 2))).isTrue();

        assertThat(ids(buffer)).containsExactly("2");
    }

    @Test
    void sendsEndToAClientThatReceivedTheFinalCounts() {
        ListenerBuffer buffer = buffer("4");

        assertThat(update(buffer, Statuses.completed(ID))).isTrue();

        assertThat(ids(buffer)).containsExactly("finished");
    }

    @Test
    void sendsACommentAfterTheHeartbeatTime() {
        ListenerBuffer buffer = listeningTo(Statuses.ongoing(ID, 1));

        passMillis(14_999);
        assertThat(update(buffer, Statuses.ongoing(ID, 1))).isFalse();
        passMillis(1);
        assertThat(update(buffer, Statuses.ongoing(ID, 1))).isTrue();
        assertThat(taken(buffer)).containsExactly(":\n\n");

        passMillis(10_000);
        update(buffer, Statuses.ongoing(ID, 2));
        assertThat(ids(buffer)).containsExactly("2");
        passMillis(14_999);
        assertThat(update(buffer, Statuses.ongoing(ID, 2))).isFalse();
    }

    @Test
    void endsAfterBufferedEvents() {
        ListenerBuffer buffer = buffer("");
        update(buffer, Statuses.ongoing(ID, 1));

        buffer.end();
        update(buffer, Statuses.completed(ID));

        assertThat(buffer.isEnded()).isTrue();
        assertThat(ids(buffer)).containsExactly("1");
    }

    private ListenerBuffer buffer(String lastEventId) {
        return new ListenerBuffer(lastEventId, HEARTBEAT, now);
    }

    /** Returns the buffer of a listener that received this state. */
    private ListenerBuffer listeningTo(JobStatus job) {
        ListenerBuffer buffer = buffer("");
        update(buffer, job);
        taken(buffer);
        return buffer;
    }

    private void passMillis(long millis) {
        now += Duration.ofMillis(millis).toNanos();
    }

    private boolean update(ListenerBuffer buffer, JobStatus job) {
        return buffer.update(new JobSnapshot(job, EVENTS), now, INTERVAL);
    }

    private List<String> taken(ListenerBuffer buffer) {
        List<String> all = new ArrayList<>();
        for (byte[] next = buffer.next(now); next != null; next = buffer.next(now)) {
            all.add(new String(next, StandardCharsets.UTF_8));
        }
        return all;
    }

    private List<String> ids(ListenerBuffer buffer) {
        return taken(buffer).stream()
                .filter(event -> event.startsWith("id: "))
                .map(event -> event.substring(4, event.indexOf('\n')))
                .toList();
    }
}
