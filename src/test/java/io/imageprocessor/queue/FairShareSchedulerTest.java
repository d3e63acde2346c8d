package io.imageprocessor.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.image.ImageFailure.Contact;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.Jobs;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FairShareSchedulerTest {

    private static final int PER_HOST = 2;

    private HostLimits hosts = new HostLimits(PER_HOST, PER_HOST);
    private FairShareScheduler turns = new FairShareScheduler(hosts);

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
        List<FairShareScheduler.Taken> taken = takeAll();
        add(Jobs.job(2).visit("S1", urls("http://a/", 1)));
        add(Jobs.job(3).visit("S1", urls("http://a/", 1)));
        assertThat(turns.take()).isNull();

        List<Long> jobs = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            end(taken.getFirst(), Contact.NONE);
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
        List<FairShareScheduler.Taken> underWay = takeAll();
        int done = 0;
        while (!underWay.isEmpty()) {
            FairShareScheduler.Taken ended = underWay.remove((done * 31) % underWay.size());
            end(ended, Contact.ANSWERED);
            turns.done(ended.line());
            done++;
            underWay.addAll(takeAll());
            assertThat(underWay).hasSizeLessThanOrEqualTo(3 * PER_HOST);
        }

        assertThat(done).isEqualTo(jobs * 3 * imagesPerHost);
        assertThat(hosts.isEmpty()).isTrue();
    }

    @Test
    void bringsBackAnImageThatIsToBeTriedAgain() {
        add(Jobs.job(1).visit("S1", "http://a/0"));
        FairShareScheduler.Taken taken = takeOne();
        end(taken, Contact.ANSWERED);
        assertThat(turns.take()).isNull();

        comeBack(taken);

        FairShareScheduler.Taken again = takeOne();
        assertThat(again.task().index()).isZero();
        assertThat(again.task().attempt()).isEqualTo(2);
        end(again, Contact.ANSWERED);
        turns.done(again.line());
        assertThat(hosts.isEmpty()).isTrue();
    }

    @Test
    void remembersAHostWhileAnImageMayComeBackToIt() {
        add(Jobs.job(1).visit("S1", "http://a/0"));
        FairShareScheduler.Taken taken = takeOne();
        end(taken, Contact.ANSWERED);

        assertThat(hosts.isEmpty()).isFalse();
    }

    @Test
    void callsBackAsManyJobsAsAGrowingHostHasPlaces() {
        haveHostsWithPlaces(1, 8);
        for (int job = 1; job <= 3; job++) {
            add(Jobs.job(job).visit("S1", "http://a/" + job));
        }
        FairShareScheduler.Taken first = takeOne();
        assertThat(turns.take()).isNull();

        end(first, Contact.ANSWERED);

        assertThat(takeAll()).extracting(taken -> taken.task().jobId().value()).containsExactly(2L, 3L);
    }

    @Test
    void keepsTheOrderInWhichJobsWaitForAHostThatLosesPlaces() {
        haveHostsWithPlaces(4, 4);
        add(Jobs.job(1).visit("S1", urls("http://a/", 4)));
        List<FairShareScheduler.Taken> underWay = takeAll();
        for (int job = 2; job <= 5; job++) {
            add(Jobs.job(job).visit("S1", "http://a/" + job));
        }
        assertThat(turns.take()).isNull();

        for (Contact contact : List.of(Contact.TIMED_OUT, Contact.NONE, Contact.TIMED_OUT)) {
            end(underWay.removeFirst(), contact);
            assertThat(turns.take()).as("as many as it has places").isNull();
        }
        FairShareScheduler.Taken last = underWay.removeFirst();
        for (long job = 2; job <= 5; job++) {
            end(last, Contact.TIMED_OUT);
            last = takeOne();
            assertThat(last.task().jobId().value()).isEqualTo(job);
        }
    }

    @Test
    void losesNoImageWhateverBecomesOfTheDownloads() {
        haveHostsWithPlaces(2, 16);
        int jobs = 200;
        for (int job = 1; job <= jobs; job++) {
            add(Jobs.job(job).visit("S1", urls("http://a/", 1 + job % 3)).visit("S1", urls("http://b/", 2)));
        }
        int images = IntStream.rangeClosed(1, jobs).map(job -> 3 + job % 3).sum();
        Random random = new Random(42);
        List<FairShareScheduler.Taken> underWay = takeAll();
        int done = 0;
        while (!underWay.isEmpty()) {
            FairShareScheduler.Taken ended = underWay.remove(random.nextInt(underWay.size()));
            int dice = random.nextInt(10);
            end(ended, dice < 6 ? Contact.ANSWERED : dice < 8 ? Contact.TIMED_OUT : Contact.NONE);
            if (ended.task().attempt() < 3 && dice >= 6) {
                comeBack(ended);
            } else {
                turns.done(ended.line());
                done++;
            }
            underWay.addAll(takeAll());
            for (Host host : hosts(underWay)) {
                // A place is left free only where no image waits for it.
                assertThat(host.isBusy() || host.passedOver.isEmpty()).isTrue();
                assertThat(host.places).isBetween(1, 16);
            }
        }

        assertThat(done).isEqualTo(images);
        assertThat(hosts.isEmpty()).isTrue();
    }

    @Test
    void servesTheJobWithTheFewestImagesUnderWay() {
        add(Jobs.job(1).visit("S1", urls("http://slow", 12)));
        Stream.generate(this::takeOne).limit(6).forEach(_ -> {});
        add(Jobs.job(2).visit("S1", urls("http://quick", 12)));
        FairShareScheduler.Taken quick = takeOne();
        assertThat(quick.task().jobId().value()).isEqualTo(2);

        // However often its downloads end while those of the other job go on.
        for (int i = 0; i < 8; i++) {
            turns.leftAhead(quick.line().batch.job);
            quick = takeOne();
            assertThat(quick.task().jobId().value()).isEqualTo(2);
        }
    }

    @Test
    void leavesNothingOfACancelledJobThatHasNothingUnderWay() {
        add(Jobs.job(1).visit("S1", urls("http://a/", 3)).visit("S1", urls("http://b/", 3)));
        add(Jobs.job(2).visit("unknown", "http://c/0"));

        assertThat(cancel(1)).isEqualTo(6);

        assertThat(turns.take()).isNull();
        assertThat(turns.isEmpty()).isTrue();
    }

    @Test
    void countsWhatIsUnderWayOfACancelledJobUntilItIsOver() {
        add(Jobs.job(1).visit("S1", urls("http://a/", 5)));
        List<FairShareScheduler.Taken> underWay = takeAll();
        assertThat(cancel(1)).isEqualTo(5 - PER_HOST);
        add(Jobs.job(2).visit("S1", "http://a/0"));
        assertThat(turns.take()).isNull();

        underWay.forEach(taken -> {
            end(taken, Contact.NONE);
            turns.done(taken.line());
        });

        FairShareScheduler.Taken other = takeOne();
        assertThat(other.task().jobId().value()).isEqualTo(2);
        end(other, Contact.NONE);
        turns.done(other.line());
        assertThat(turns.isEmpty()).isTrue();
    }

    @Test
    void callsBackOthersForThePlacesThatACancelledJobWasCalledBackFor() {
        add(Jobs.job(1).visit("S1", urls("http://a/", PER_HOST)));
        List<FairShareScheduler.Taken> underWay = takeAll();
        for (int job = 2; job <= 5; job++) {
            add(Jobs.job(job).visit("S1", "http://a/0"));
        }
        assertThat(turns.take()).isNull();
        underWay.forEach(taken -> end(taken, Contact.NONE));

        cancel(2);
        cancel(3);

        assertThat(takeAll()).extracting(taken -> taken.task().jobId().value()).containsExactly(4L, 5L);
    }

    @Test
    void callsNobodyBackForACancelledJobThatWasNotCalledBackItself() {
        add(Jobs.job(1).visit("S1", urls("http://a/", PER_HOST)));
        List<FairShareScheduler.Taken> underWay = takeAll();
        for (int job = 2; job <= 5; job++) {
            add(Jobs.job(job).visit("S1", "http://a/0"));
        }
        assertThat(turns.take()).isNull();
        end(underWay.getFirst(), Contact.NONE);

        cancel(4);

        assertThat(takeAll()).extracting(taken -> taken.task().jobId().value()).containsExactly(2L);
        end(underWay.getLast(), Contact.NONE);
        assertThat(takeAll())
                .as("whose turn comes before that of job 5")
                .extracting(taken -> taken.task().jobId().value())
                .containsExactly(3L);
    }

    @Test
    void leavesNoImageOfACancelledJobInLine() {
        add(Jobs.job(1).visit("S1", urls("http://a/", 5)));
        List<FairShareScheduler.Taken> underWay = takeAll();
        comeBack(underWay.getFirst());
        HostQueue line = underWay.getFirst().line();
        assertThat(line.hasWaiting()).isTrue();

        assertThat(cancel(1)).isEqualTo(5 - PER_HOST + 1);

        assertThat(line.hasWaiting()).isFalse();
    }

    @Test
    void passesOverNoLineOfACancelledJobAnyMore() {
        add(Jobs.job(1).visit("S1", urls("http://a/", PER_HOST)));
        List<FairShareScheduler.Taken> underWay = takeAll();
        add(Jobs.job(2).visit("S1", "http://a/0"));
        add(Jobs.job(3).visit("S1", "http://a/0"));
        assertThat(turns.take()).isNull();

        cancel(2);

        end(underWay.getFirst(), Contact.NONE);
        assertThat(takeOne().task().jobId().value()).isEqualTo(3);
    }

    @Test
    void keepsThePlacesThatAHostLearntFromACancelledJob() {
        haveHostsWithPlaces(1, 4);
        add(Jobs.job(1).visit("S1", urls("http://a/", 9)));
        FairShareScheduler.Taken answered = takeOne();
        end(answered, Contact.ANSWERED);
        turns.done(answered.line());
        cancel(1);
        assertThat(turns.isEmpty()).isTrue();

        add(Jobs.job(2).visit("S1", urls("http://a/", 9)));

        assertThat(takeAll()).hasSize(2);
    }

    @Test
    void givesAJobOneShareHoweverManyBatchesOfItThereAre() {
        haveHostsWithPlaces(8, 8);
        for (int first = 0; first < 30; first += 10) {
            addBatch(1, first, urls("http://a/", 10));
        }
        add(Jobs.job(2).visit("S1", urls("http://b/", 8)));

        assertThat(Stream.generate(this::takeOne)
                        .limit(12)
                        .map(taken -> taken.task().jobId().value()))
                .containsExactly(1L, 2L, 1L, 2L, 1L, 2L, 1L, 2L, 1L, 2L, 1L, 2L);
    }

    @Test
    void knowsTheImagesOfABatchByTheirIndexInTheJob() {
        haveHostsWithPlaces(8, 8);
        BitSet wanted = new BitSet();
        wanted.set(1, 3);
        turns.join(new ImageBatch(new JobId(1), 16, 4, urls("http://a/", 4)::get, wanted, hosts::ofNewLine));

        List<FairShareScheduler.Taken> taken = takeAll();
        assertThat(taken).extracting(one -> one.task().index()).containsExactly(17, 18);
        assertThat(taken).extracting(one -> one.task().url()).containsExactly("http://a/1", "http://a/2");

        taken.forEach(this::comeBack);

        assertThat(takeAll()).extracting(one -> one.task().index()).containsExactly(17, 18);
    }

    @Test
    void holdsNothingOfABatchThatIsWorkedThrough() {
        addBatch(1, 0, urls("http://a/", 2));
        QueuedJob job = Objects.requireNonNull(turns.find(new JobId(1)));
        for (int first = 2; first < 40; first += 2) {
            addBatch(1, first, urls("http://a/", 2));
            takeAll().forEach(this::finish);
        }

        assertThat(turns.find(new JobId(1))).isSameAs(job);
        // Two images of twenty batches are left.
        assertThat(job.batches).hasSizeBetween(1, 2);
        assertThat(job.startable).hasSizeBetween(1, 2);
        takeAll().forEach(this::finish);
        assertThat(turns.isEmpty()).isTrue();
    }

    @Test
    void goesOnWithTheOtherBatchesOfAJobWhenOneIsWithdrawn() {
        addBatch(1, 0, urls("http://a/", 3));
        ImageBatch other = addBatch(1, 3, urls("http://a/", 3));
        List<FairShareScheduler.Taken> underWay = takeAll();
        assertThat(underWay).hasSize(PER_HOST);

        assertThat(turns.withdraw(other)).isEqualTo(2);
        assertThat(turns.withdraw(other)).isZero();

        underWay.forEach(this::finish);
        List<FairShareScheduler.Taken> rest = takeAll();
        assertThat(rest).extracting(taken -> taken.task().index()).hasSize(2).allMatch(index -> index < 3);
        rest.forEach(this::finish);
        assertThat(turns.isEmpty()).isTrue();
    }

    @Test
    void takesABatchInAgainWhileImagesOfItThatWasWithdrawnAreUnderWay() {
        ImageBatch withdrawn = addBatch(1, 0, urls("http://a/", 3));
        List<FairShareScheduler.Taken> underWay = takeAll();
        turns.withdraw(withdrawn);
        addBatch(1, 0, urls("http://a/", 3));
        assertThat(turns.take()).isNull();
        assertThat(turns.withdraw(withdrawn)).as("the new one stays").isZero();

        underWay.forEach(this::finish);

        List<FairShareScheduler.Taken> again = takeAll();
        assertThat(again).hasSize(PER_HOST);
        again.forEach(this::finish);
        takeAll().forEach(this::finish);
        assertThat(turns.isEmpty()).isTrue();
    }

    @Test
    void forgetsAllBatchesOfACancelledJobWhereverTheyStand() {
        addBatch(1, 0, urls("http://a/", 3));
        addBatch(1, 3, urls("http://a/", 3));
        addBatch(1, 6, urls("http://b/", 1));
        List<FairShareScheduler.Taken> underWay = takeAll();
        add(Jobs.job(2).visit("S1", "http://a/0"));
        assertThat(turns.take()).isNull();
        finish(underWay.removeFirst());

        assertThat(cancel(1)).isEqualTo(4);

        assertThat(takeAll()).extracting(taken -> taken.task().jobId().value()).containsExactly(2L);
    }

    @Test
    void knowsWhichJobsHaveManyImagesWaiting() {
        addBatch(1, 0, urls("http://a/", 4));
        addBatch(1, 4, urls("http://b/", 4));
        addBatch(2, 0, urls("http://c/", 5));
        takeAll();

        assertThat(turns.jobsWithMoreThan(3)).containsExactly(new JobId(1));
    }

    private void haveHostsWithPlaces(int first, int most) {
        hosts = new HostLimits(first, most);
        turns = new FairShareScheduler(hosts);
    }

    private ImageBatch addBatch(long job, int first, List<String> urls) {
        BitSet all = new BitSet();
        all.set(0, urls.size());
        ImageBatch batch = new ImageBatch(new JobId(job), first, urls.size(), urls::get, all, hosts::ofNewLine);
        turns.join(batch);
        return batch;
    }

    private void finish(FairShareScheduler.Taken taken) {
        turns.leftAhead(taken.line().batch.job);
        end(taken, Contact.NONE);
        turns.done(taken.line());
    }

    private int cancel(long job) {
        return turns.cancel(Objects.requireNonNull(turns.find(new JobId(job))));
    }

    private static Set<Host> hosts(List<FairShareScheduler.Taken> underWay) {
        return underWay.stream().map(taken -> taken.line().host).collect(Collectors.toSet());
    }

    private void end(FairShareScheduler.Taken taken, Contact contact) {
        turns.downloadEnded(taken.line().host, contact);
    }

    private void comeBack(FairShareScheduler.Taken taken) {
        ImageBatch batch = taken.line().batch;
        batch.remember(taken.task().index(), taken.task().attempt(), 0, 0);
        IndexQueue images = batch.newChain();
        images.append(taken.task().index());
        taken.line().putOff();
        turns.comeBack(taken.line(), images);
    }

    private void add(Jobs jobs) {
        Job job = jobs.build();
        turns.join(ImageBatch.of(job, hosts::ofNewLine));
    }

    private FairShareScheduler.Taken takeOne() {
        return Objects.requireNonNull(turns.take());
    }

    private List<FairShareScheduler.Taken> takeAll() {
        List<FairShareScheduler.Taken> all = new ArrayList<>();
        for (FairShareScheduler.Taken taken = turns.take(); taken != null; taken = turns.take()) {
            all.add(taken);
        }
        return all;
    }

    private static List<String> urls(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    }
}
