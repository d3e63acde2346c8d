package io.imageprocessor.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.job.Job;
import io.imageprocessor.job.Jobs;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TurnsTest {

    private static final int PER_HOST = 2;

    private final Turns turns = new Turns(PER_HOST);

    @Test
    void servesJobsInTurnAnImageEach() {
        add(Jobs.job(1).visit("S1", "http://a/0", "http://b/1", "http://c/2"));
        add(Jobs.job(2).visit("S1", "http://d/0"));
        add(Jobs.job(3).visit("S1", "http://e/0", "http://f/1"));

        assertThat(takeAll()).extracting(taken -> taken.task().jobId().value()).containsExactly(1L, 2L, 3L, 1L, 3L, 1L);
    }

    @Test
    void servesTheHostsOfAJobInTurnAndTheImagesOfAHostInOrder() {
        add(Jobs.job(1).visit("S1", "http://a/0", "http://a/1").visit("S2", "http://b/2", "http://b/3"));

        List<String> urls = takeAll().stream().map(taken -> taken.task().url()).toList();
        assertThat(urls.subList(0, 2)).containsExactlyInAnyOrder("http://a/0", "http://b/2");
        assertThat(urls.subList(2, 4)).containsExactlyInAnyOrder("http://a/1", "http://b/3");
    }

    @Test
    void leavesOutTheImagesOfUnknownStores() {
        add(Jobs.job(1).visit("unknown", "http://a/0").visit("S1", "http://a/1"));

        assertThat(takeAll()).extracting(taken -> taken.task().index()).containsExactly(1);
    }

    @Test
    void takesNoMoreFromAHostThanItMayServe() {
        add(Jobs.job(1).visit("S1", "http://a/0", "http://a/1", "http://a/2"));

        assertThat(takeAll()).hasSize(PER_HOST);
    }

    @Test
    void passesOverAJobWhoseHostsAreAllBusy() {
        add(Jobs.job(1).visit("S1", urls("http://busy/", 100)));
        add(Jobs.job(2).visit("S1", urls("http://free/", 2)));

        assertThat(takeAll())
                .extracting(taken -> taken.line().host.name)
                .containsExactlyInAnyOrder("busy", "busy", "free", "free");
    }

    @Test
    void goesOnWithTheOtherHostsOfAJobWhenOneIsBusy() {
        add(Jobs.job(1).visit("S1", urls("http://busy/", 100)).visit("S1", urls("http://free/", 1)));

        assertThat(takeAll()).extracting(taken -> taken.line().host.name).contains("free");
    }

    @Test
    void callsBackTheJobsThatABusyHostHasPassedOverLongestWaitingFirst() {
        add(Jobs.job(1).visit("S1", urls("http://a/", 3)));
        List<Turns.Taken> taken = takeAll();
        add(Jobs.job(2).visit("S1", urls("http://a/", 1)));
        add(Jobs.job(3).visit("S1", urls("http://a/", 1)));
        assertThat(turns.take()).isNull();

        List<Long> jobs = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            turns.downloadEnded(taken.getFirst().line().host);
            jobs.add(takeOne().task().jobId().value());
            assertThat(turns.take()).isNull();
        }

        assertThat(jobs).containsExactly(1L, 2L, 3L);
    }

    @Test
    void losesNoImageWhenManyJobsShareBusyHosts() {
        int jobs = 50;
        int imagesPerHost = 7;
        for (int job = 1; job <= jobs; job++) {
            Jobs images = Jobs.job(job);
            for (String host : List.of("a", "b", "c")) {
                images.visit("S1", urls("http://" + host + "/", imagesPerHost));
            }
            add(images);
        }
        // Downloads end in an order of their own, and each end may start others.
        List<Turns.Taken> underWay = takeAll();
        int done = 0;
        while (!underWay.isEmpty()) {
            Turns.Taken ended = underWay.remove((done * 31) % underWay.size());
            turns.downloadEnded(ended.line().host);
            turns.done(ended.line());
            done++;
            underWay.addAll(takeAll());
            assertThat(underWay).hasSizeLessThanOrEqualTo(3 * PER_HOST);
        }

        assertThat(done).isEqualTo(jobs * 3 * imagesPerHost);
        assertThat(turns.hostCount()).isZero();
    }

    @Test
    void bringsBackAnImageThatIsToBeTriedAgain() {
        add(Jobs.job(1).visit("S1", "http://a/0"));
        Turns.Taken taken = takeOne();
        turns.downloadEnded(taken.line().host);
        assertThat(turns.take()).isNull();

        turns.comeBack(taken.line(), taken.task().nextAttempt());

        Turns.Taken again = takeOne();
        assertThat(again.task().index()).isZero();
        assertThat(again.task().attempt()).isEqualTo(2);
        turns.downloadEnded(again.line().host);
        turns.done(again.line());
        assertThat(turns.hostCount()).isZero();
    }

    @Test
    void remembersAHostWhileAnImageMayComeBackToIt() {
        add(Jobs.job(1).visit("S1", "http://a/0"));
        Turns.Taken taken = takeOne();
        turns.downloadEnded(taken.line().host);

        assertThat(turns.hostCount()).isEqualTo(1);
    }

    private void add(Jobs jobs) {
        Job job = jobs.build();
        turns.join(JobLine.of(job, turns::hostOfNewLine));
    }

    private Turns.Taken takeOne() {
        return Objects.requireNonNull(turns.take());
    }

    private List<Turns.Taken> takeAll() {
        List<Turns.Taken> all = new ArrayList<>();
        for (Turns.Taken taken = turns.take(); taken != null; taken = turns.take()) {
            all.add(taken);
        }
        return all;
    }

    private static List<String> urls(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    }
}
