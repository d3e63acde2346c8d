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
    private FairShareScheduler scheduler = new FairShareScheduler(hosts);

    @Test
    void takesOneImageFromEachJobInTurn() {
        add(Jobs.job(1).visit("S1", "http://a/0", "http://b/1", "http://c/2"));
        add(Jobs.job(2).visit("S1", "http://d/0"));
        add(Jobs.job(3).visit("S1", "http://e/0", "http://f/1"));

        assertThat(takeAll()).extracting(taken -> taken.task().jobId().value()).containsExactly(1L, 2L, 3L, 1L, 3L, 1L);
    }

    @Test
    void takesFromTheHostsOfAJobInTurnAndFromAHostInOrder() {
        add(Jobs.job(1).visit("S1", "http://a/0", "http://a/1").visit("S2", "http://b/2", "http://b/3"));

        List<String> urls = takeAll().stream().map(taken -> taken.task().url()).toList();
        assertThat(urls.subList(0, 2)).containsExactlyInAnyOrder("http://a/0", "http://b/2");
        assertThat(urls.subList(2, 4)).containsExactlyInAnyOrder("http://a/1", "http://b/3");
    }

    @Test
    void skipsImagesOfUnknownStores() {
        add(Jobs.job(1).visit("unknown", "http://a/0").visit("S1", "http://a/1"));

        assertThat(takeAll()).extracting(taken -> taken.task().index()).containsExactly(1);
    }

    @Test
    void takesNoMoreThanTheLimitOfTheHost() {
        add(Jobs.job(1).visit("S1", "http://a/0", "http://a/1", "http://a/2"));

        assertThat(takeAll()).hasSize(PER_HOST);
    }

    @Test
    void skipsAJobWhoseHostsAreAllAtTheirLimit() {
        add(Jobs.job(1).visit("S1", urls("http://busy/", 100)));
        add(Jobs.job(2).visit("S1", urls("http://free/", 2)));

        assertThat(takeAll())
                .extracting(taken -> taken.hostQueue().host.name)
                .containsExactlyInAnyOrder("busy", "busy", "free", "free");
    }

    @Test
    void takesFromTheOtherHostsOfAJobWhenOneIsAtItsLimit() {
        add(Jobs.job(1).visit("S1", urls("http://busy/", 100)).visit("S1", urls("http://free/", 1)));

        assertThat(takeAll()).extracting(taken -> taken.hostQueue().host.name).contains("free");
    }

    @Test
    void resumesTheLongestBlockedJobFirst() {
        add(Jobs.job(1).visit("S1", urls("http://a/", 3)));
        List<FairShareScheduler.Taken> taken = takeAll();
        add(Jobs.job(2).visit("S1", urls("http://a/", 1)));
        add(Jobs.job(3).visit("S1", urls("http://a/", 1)));
        assertThat(scheduler.take()).isNull();

        List<Long> jobs = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            end(taken.getFirst(), Contact.NONE);
            jobs.add(takeOne().task().jobId().value());
            assertThat(scheduler.take()).isNull();
        }

        assertThat(jobs).containsExactly(1L, 2L, 3L);
    }

    @Test
    void losesNoImageWhenManyJobsShareHosts() {
        int jobs = 50;
        int imagesPerHost = 7;
        for (int job = 1; job <= jobs; job++) {
            Jobs images = Jobs.job(job);
            for (String host : List.of("a", "b", "c")) {
                images.visit("S1", urls("http://" + host + "/", imagesPerHost));
            }
            add(images);
        }
        // Downloads end in another order, and each end may start others.
        List<FairShareScheduler.Taken> running = takeAll();
        int done = 0;
        while (!running.isEmpty()) {
            FairShareScheduler.Taken ended = running.remove((done * 31) % running.size());
            end(ended, Contact.ANSWERED);
            scheduler.finish(ended.hostQueue());
            done++;
            running.addAll(takeAll());
            assertThat(running).hasSizeLessThanOrEqualTo(3 * PER_HOST);
        }

        assertThat(done).isEqualTo(jobs * 3 * imagesPerHost);
        assertThat(hosts.isEmpty()).isTrue();
    }

    @Test
    void takesAnImageAgainWhenItsRetryIsDue() {
        add(Jobs.job(1).visit("S1", "http://a/0"));
        FairShareScheduler.Taken taken = takeOne();
        end(taken, Contact.ANSWERED);
        assertThat(scheduler.take()).isNull();

        retry(taken);

        FairShareScheduler.Taken again = takeOne();
        assertThat(again.task().index()).isZero();
        assertThat(again.task().attempt()).isEqualTo(2);
        end(again, Contact.ANSWERED);
        scheduler.finish(again.hostQueue());
        assertThat(hosts.isEmpty()).isTrue();
    }

    @Test
    void keepsAHostWhileAnImageMayBeRetried() {
        add(Jobs.job(1).visit("S1", "http://a/0"));
        FairShareScheduler.Taken taken = takeOne();
        end(taken, Contact.ANSWERED);

        assertThat(hosts.isEmpty()).isFalse();
    }

    @Test
    void resumesOneJobPerFreePermitWhenALimitIsRaised() {
        haveHostLimits(1, 8);
        for (int job = 1; job <= 3; job++) {
            add(Jobs.job(job).visit("S1", "http://a/" + job));
        }
        FairShareScheduler.Taken first = takeOne();
        assertThat(scheduler.take()).isNull();

        end(first, Contact.ANSWERED);

        assertThat(takeAll()).extracting(taken -> taken.task().jobId().value()).containsExactly(2L, 3L);
    }

    @Test
    void keepsTheOrderOfBlockedJobsWhenALimitIsLowered() {
        haveHostLimits(4, 4);
        add(Jobs.job(1).visit("S1", urls("http://a/", 4)));
        List<FairShareScheduler.Taken> running = takeAll();
        for (int job = 2; job <= 5; job++) {
            add(Jobs.job(job).visit("S1", "http://a/" + job));
        }
        assertThat(scheduler.take()).isNull();

        for (Contact contact : List.of(Contact.TIMED_OUT, Contact.NONE, Contact.TIMED_OUT)) {
            end(running.removeFirst(), contact);
            assertThat(scheduler.take()).as("at the limit").isNull();
        }
        FairShareScheduler.Taken last = running.removeFirst();
        for (long job = 2; job <= 5; job++) {
            end(last, Contact.TIMED_OUT);
            last = takeOne();
            assertThat(last.task().jobId().value()).isEqualTo(job);
        }
    }

    @Test
    void losesNoImageWhateverTheOutcomeOfTheDownloads() {
        haveHostLimits(2, 16);
        int jobs = 200;
        for (int job = 1; job <= jobs; job++) {
            add(Jobs.job(job).visit("S1", urls("http://a/", 1 + job % 3)).visit("S1", urls("http://b/", 2)));
        }
        int images = IntStream.rangeClosed(1, jobs).map(job -> 3 + job % 3).sum();
        Random random = new Random(42);
        List<FairShareScheduler.Taken> running = takeAll();
        int done = 0;
        while (!running.isEmpty()) {
            FairShareScheduler.Taken ended = running.remove(random.nextInt(running.size()));
            int dice = random.nextInt(10);
            end(ended, dice < 6 ? Contact.ANSWERED : dice < 8 ? Contact.TIMED_OUT : Contact.NONE);
            if (ended.task().attempt() < 3 && dice >= 6) {
                retry(ended);
            } else {
                scheduler.finish(ended.hostQueue());
                done++;
            }
            running.addAll(takeAll());
            for (Host host : hosts(running)) {
                // A permit is free only if no image waits for it.
                assertThat(host.isAtLimit() || host.blocked.isEmpty()).isTrue();
                assertThat(host.concurrencyLimit).isBetween(1, 16);
            }
        }

        assertThat(done).isEqualTo(images);
        assertThat(hosts.isEmpty()).isTrue();
    }

    @Test
    void takesFromTheJobWithTheFewestImagesInFlight() {
        add(Jobs.job(1).visit("S1", urls("http://slow", 12)));
        Stream.generate(this::takeOne).limit(6).forEach(_ -> {});
        add(Jobs.job(2).visit("S1", urls("http://quick", 12)));
        FairShareScheduler.Taken quick = takeOne();
        assertThat(quick.task().jobId().value()).isEqualTo(2);

        // However often its downloads end while those of the other job go on.
        for (int i = 0; i < 8; i++) {
            scheduler.leftFlight(quick.hostQueue().batch.job);
            quick = takeOne();
            assertThat(quick.task().jobId().value()).isEqualTo(2);
        }
    }

    @Test
    void holdsNothingOfACancelledJobWithoutRunningImages() {
        add(Jobs.job(1).visit("S1", urls("http://a/", 3)).visit("S1", urls("http://b/", 3)));
        add(Jobs.job(2).visit("unknown", "http://c/0"));

        assertThat(cancel(1)).isEqualTo(6);

        assertThat(scheduler.take()).isNull();
        assertThat(scheduler.isEmpty()).isTrue();
    }

    @Test
    void countsTheRunningImagesOfACancelledJobUntilTheyEnd() {
        add(Jobs.job(1).visit("S1", urls("http://a/", 5)));
        List<FairShareScheduler.Taken> running = takeAll();
        assertThat(cancel(1)).isEqualTo(5 - PER_HOST);
        add(Jobs.job(2).visit("S1", "http://a/0"));
        assertThat(scheduler.take()).isNull();

        running.forEach(taken -> {
            end(taken, Contact.NONE);
            scheduler.finish(taken.hostQueue());
        });

        FairShareScheduler.Taken other = takeOne();
        assertThat(other.task().jobId().value()).isEqualTo(2);
        end(other, Contact.NONE);
        scheduler.finish(other.hostQueue());
        assertThat(scheduler.isEmpty()).isTrue();
    }

    @Test
    void resumesOthersForThePermitsThatACancelledJobWasResumedFor() {
        add(Jobs.job(1).visit("S1", urls("http://a/", PER_HOST)));
        List<FairShareScheduler.Taken> running = takeAll();
        for (int job = 2; job <= 5; job++) {
            add(Jobs.job(job).visit("S1", "http://a/0"));
        }
        assertThat(scheduler.take()).isNull();
        running.forEach(taken -> end(taken, Contact.NONE));

        cancel(2);
        cancel(3);

        assertThat(takeAll()).extracting(taken -> taken.task().jobId().value()).containsExactly(4L, 5L);
    }

    @Test
    void resumesNoOtherForACancelledJobThatWasNotResumed() {
        add(Jobs.job(1).visit("S1", urls("http://a/", PER_HOST)));
        List<FairShareScheduler.Taken> running = takeAll();
        for (int job = 2; job <= 5; job++) {
            add(Jobs.job(job).visit("S1", "http://a/0"));
        }
        assertThat(scheduler.take()).isNull();
        end(running.getFirst(), Contact.NONE);

        cancel(4);

        assertThat(takeAll()).extracting(taken -> taken.task().jobId().value()).containsExactly(2L);
        end(running.getLast(), Contact.NONE);
        assertThat(takeAll())
                .as("blocked before job 5")
                .extracting(taken -> taken.task().jobId().value())
                .containsExactly(3L);
    }

    @Test
    void removesTheReadyImagesOfACancelledJob() {
        add(Jobs.job(1).visit("S1", urls("http://a/", 5)));
        List<FairShareScheduler.Taken> running = takeAll();
        retry(running.getFirst());
        HostQueue hostQueue = running.getFirst().hostQueue();
        assertThat(hostQueue.hasReady()).isTrue();

        assertThat(cancel(1)).isEqualTo(5 - PER_HOST + 1);

        assertThat(hostQueue.hasReady()).isFalse();
    }

    @Test
    void removesTheBlockedQueuesOfACancelledJob() {
        add(Jobs.job(1).visit("S1", urls("http://a/", PER_HOST)));
        List<FairShareScheduler.Taken> running = takeAll();
        add(Jobs.job(2).visit("S1", "http://a/0"));
        add(Jobs.job(3).visit("S1", "http://a/0"));
        assertThat(scheduler.take()).isNull();

        cancel(2);

        end(running.getFirst(), Contact.NONE);
        assertThat(takeOne().task().jobId().value()).isEqualTo(3);
    }

    @Test
    void keepsTheLimitThatAHostReachedInACancelledJob() {
        haveHostLimits(1, 4);
        add(Jobs.job(1).visit("S1", urls("http://a/", 9)));
        FairShareScheduler.Taken answered = takeOne();
        end(answered, Contact.ANSWERED);
        scheduler.finish(answered.hostQueue());
        cancel(1);
        assertThat(scheduler.isEmpty()).isTrue();

        add(Jobs.job(2).visit("S1", urls("http://a/", 9)));

        assertThat(takeAll()).hasSize(2);
    }

    @Test
    void givesAJobOneShareHoweverManyBatchesItHas() {
        haveHostLimits(8, 8);
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
    void takesImagesOfABatchByTheirIndexInTheJob() {
        haveHostLimits(8, 8);
        BitSet wanted = new BitSet();
        wanted.set(1, 3);
        scheduler.add(new ImageBatch(new JobId(1), 16, 4, urls("http://a/", 4)::get, wanted, hosts::addQueue));

        List<FairShareScheduler.Taken> taken = takeAll();
        assertThat(taken).extracting(one -> one.task().index()).containsExactly(17, 18);
        assertThat(taken).extracting(one -> one.task().url()).containsExactly("http://a/1", "http://a/2");

        taken.forEach(this::retry);

        assertThat(takeAll()).extracting(one -> one.task().index()).containsExactly(17, 18);
    }

    @Test
    void holdsNothingOfAFinishedBatch() {
        addBatch(1, 0, urls("http://a/", 2));
        QueuedJob job = Objects.requireNonNull(scheduler.find(new JobId(1)));
        for (int first = 2; first < 40; first += 2) {
            addBatch(1, first, urls("http://a/", 2));
            takeAll().forEach(this::finish);
        }

        assertThat(scheduler.find(new JobId(1))).isSameAs(job);
        // Two images of twenty batches are left.
        assertThat(job.batches).hasSizeBetween(1, 2);
        assertThat(job.ready).hasSizeBetween(1, 2);
        takeAll().forEach(this::finish);
        assertThat(scheduler.isEmpty()).isTrue();
    }

    @Test
    void continuesWithTheOtherBatchesOfAJobWhenOneIsWithdrawn() {
        addBatch(1, 0, urls("http://a/", 3));
        ImageBatch other = addBatch(1, 3, urls("http://a/", 3));
        List<FairShareScheduler.Taken> running = takeAll();
        assertThat(running).hasSize(PER_HOST);

        assertThat(scheduler.withdraw(other)).isEqualTo(2);
        assertThat(scheduler.withdraw(other)).isZero();

        running.forEach(this::finish);
        List<FairShareScheduler.Taken> rest = takeAll();
        assertThat(rest).extracting(taken -> taken.task().index()).hasSize(2).allMatch(index -> index < 3);
        rest.forEach(this::finish);
        assertThat(scheduler.isEmpty()).isTrue();
    }

    @Test
    void addsAWithdrawnBatchAgainWhileImagesOfItRun() {
        ImageBatch withdrawn = addBatch(1, 0, urls("http://a/", 3));
        List<FairShareScheduler.Taken> running = takeAll();
        scheduler.withdraw(withdrawn);
        addBatch(1, 0, urls("http://a/", 3));
        assertThat(scheduler.take()).isNull();
        assertThat(scheduler.withdraw(withdrawn)).as("the new one stays").isZero();

        running.forEach(this::finish);

        List<FairShareScheduler.Taken> again = takeAll();
        assertThat(again).hasSize(PER_HOST);
        again.forEach(this::finish);
        takeAll().forEach(this::finish);
        assertThat(scheduler.isEmpty()).isTrue();
    }

    @Test
    void removesAllBatchesOfACancelledJob() {
        addBatch(1, 0, urls("http://a/", 3));
        addBatch(1, 3, urls("http://a/", 3));
        addBatch(1, 6, urls("http://b/", 1));
        List<FairShareScheduler.Taken> running = takeAll();
        add(Jobs.job(2).visit("S1", "http://a/0"));
        assertThat(scheduler.take()).isNull();
        finish(running.removeFirst());

        assertThat(cancel(1)).isEqualTo(4);

        assertThat(takeAll()).extracting(taken -> taken.task().jobId().value()).containsExactly(2L);
    }

    @Test
    void findsJobsWithManyWaitingImages() {
        addBatch(1, 0, urls("http://a/", 4));
        addBatch(1, 4, urls("http://b/", 4));
        addBatch(2, 0, urls("http://c/", 5));
        takeAll();

        assertThat(scheduler.jobsWithMoreThan(3)).containsExactly(new JobId(1));
    }

    private void haveHostLimits(int first, int most) {
        hosts = new HostLimits(first, most);
        scheduler = new FairShareScheduler(hosts);
    }

    private ImageBatch addBatch(long job, int first, List<String> urls) {
        BitSet all = new BitSet();
        all.set(0, urls.size());
        ImageBatch batch = new ImageBatch(new JobId(job), first, urls.size(), urls::get, all, hosts::addQueue);
        scheduler.add(batch);
        return batch;
    }

    private void finish(FairShareScheduler.Taken taken) {
        scheduler.leftFlight(taken.hostQueue().batch.job);
        end(taken, Contact.NONE);
        scheduler.finish(taken.hostQueue());
    }

    private int cancel(long job) {
        return scheduler.cancel(Objects.requireNonNull(scheduler.find(new JobId(job))));
    }

    private static Set<Host> hosts(List<FairShareScheduler.Taken> running) {
        return running.stream().map(taken -> taken.hostQueue().host).collect(Collectors.toSet());
    }

    private void end(FairShareScheduler.Taken taken, Contact contact) {
        scheduler.downloadEnded(taken.hostQueue().host, contact);
    }

    private void retry(FairShareScheduler.Taken taken) {
        ImageBatch batch = taken.hostQueue().batch;
        batch.rememberRetry(taken.task().index(), taken.task().attempt(), 0, 0);
        IndexQueue images = batch.newIndexQueue();
        images.addLast(taken.task().index());
        taken.hostQueue().scheduleRetry();
        scheduler.retryDue(taken.hostQueue(), images);
    }

    private void add(Jobs jobs) {
        Job job = jobs.build();
        scheduler.add(ImageBatch.of(job, hosts::addQueue));
    }

    private FairShareScheduler.Taken takeOne() {
        return Objects.requireNonNull(scheduler.take());
    }

    private List<FairShareScheduler.Taken> takeAll() {
        List<FairShareScheduler.Taken> all = new ArrayList<>();
        for (FairShareScheduler.Taken taken = scheduler.take(); taken != null; taken = scheduler.take()) {
            all.add(taken);
        }
        return all;
    }

    private static List<String> urls(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    }
}
