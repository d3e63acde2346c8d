package io.imageprocessor.postgres.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.imageprocessor.job.StorageUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CombinedCallsTest {

    private static final int MAX = 4;

    /** The arguments of the calls that were made together. */
    private final List<List<Integer>> made = Collections.synchronizedList(new ArrayList<>());

    private final CountDownLatch firstMayEnd = new CountDownLatch(1);
    private final AtomicInteger callers = new AtomicInteger();
    private final CombinedCalls<Integer, String> calls =
            new CombinedCalls<>(this::together, MAX, Duration.ofMinutes(10));

    /** Argument 0 waits; 13 fails, and 99 meets an unavailable storage. */
    private List<String> together(List<Integer> arguments) {
        made.add(arguments);
        if (arguments.contains(0)) {
            await().until(() -> firstMayEnd.getCount() == 0);
        }
        if (arguments.contains(13)) {
            throw new IllegalStateException("expected by this test");
        }
        if (arguments.contains(99)) {
            throw new StorageUnavailableException(new IllegalStateException("expected by this test"));
        }
        return arguments.stream().map(argument -> "result " + argument).toList();
    }

    /** Makes calls that arrive one after the other while the call before the first of them is being made. */
    private List<CompletableFuture<String>> whileBusy(Integer... arguments) {
        CompletableFuture<String> first = async(0);
        await().until(() -> !made.isEmpty());
        List<CompletableFuture<String>> results = new ArrayList<>();
        for (int argument : arguments) {
            int before = calls.waiting();
            results.add(async(argument));
            await().until(() -> calls.waiting() > before);
        }
        firstMayEnd.countDown();
        assertThat(first.join()).isEqualTo("result 0");
        return results;
    }

    private CompletableFuture<String> async(int argument) {
        CompletableFuture<String> result = new CompletableFuture<>();
        Thread.ofVirtual().name("caller-" + callers.incrementAndGet()).start(() -> {
            try {
                result.complete(calls.call(argument));
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    @Test
    void makesASingleCallAtOnce() {
        assertThat(calls.call(1)).isEqualTo("result 1");
        assertThat(calls.call(2)).isEqualTo("result 2");
        assertThat(made).containsExactly(List.of(1), List.of(2));
    }

    @Test
    void makesCallsTogetherThatArriveDuringAnotherCall() {
        List<CompletableFuture<String>> results = whileBusy(1, 2, 3);

        assertThat(results).extracting(CompletableFuture::join).containsExactly("result 1", "result 2", "result 3");
        assertThat(made).containsExactly(List.of(0), List.of(1, 2, 3));
    }

    @Test
    void limitsTheNumberOfCallsThatAreMadeTogether() {
        List<CompletableFuture<String>> results = whileBusy(1, 2, 3, 4, 5, 6);

        assertThat(results).extracting(CompletableFuture::join).hasSize(6).doesNotContainNull();
        assertThat(made).containsExactly(List.of(0), List.of(1, 2, 3, 4), List.of(5, 6));
    }

    @Test
    void makesEachCallOnItsOwnAfterAFailure() {
        List<CompletableFuture<String>> results = whileBusy(1, 13, 2);

        assertThat(results.get(0).join()).isEqualTo("result 1");
        assertThat(results.get(2).join()).isEqualTo("result 2");
        assertThat(results.get(1))
                .failsWithin(Duration.ofSeconds(5))
                .withThrowableThat()
                .withMessageContaining("expected by this test");
        assertThat(made).containsExactly(List.of(0), List.of(1, 13, 2), List.of(1), List.of(13), List.of(2));
    }

    @Test
    void failsAllCallsWhileTheStorageIsUnavailable() {
        List<CompletableFuture<String>> results = whileBusy(1, 99);

        assertThat(results)
                .allSatisfy(result -> assertThat(result)
                        .failsWithin(Duration.ofSeconds(5))
                        .withThrowableThat()
                        .withCauseInstanceOf(StorageUnavailableException.class));
        assertThat(made).containsExactly(List.of(0), List.of(1, 99));
    }

    @Test
    void makesOtherCallsBesideASlowOne() {
        CombinedCalls<Integer, String> impatient = new CombinedCalls<>(this::together, MAX, Duration.ofMillis(50));
        CompletableFuture<String> slow = CompletableFuture.supplyAsync(() -> impatient.call(0));
        await().until(() -> !made.isEmpty());

        List<CompletableFuture<String>> results = IntStream.rangeClosed(100, 150)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> impatient.call(i), Thread::startVirtualThread))
                .toList();

        assertThat(results).allSatisfy(result -> assertThat(result).succeedsWithin(Duration.ofSeconds(10)));
        assertThat(slow).isNotDone();
        firstMayEnd.countDown();
        assertThat(slow).succeedsWithin(Duration.ofSeconds(10));
        assertThat(impatient.call(51)).isEqualTo("result 51");
    }

    @Test
    void continuesAfterAFailure() {
        assertThatIllegalStateException().isThrownBy(() -> calls.call(13));
        assertThatExceptionOfType(StorageUnavailableException.class).isThrownBy(() -> calls.call(99));

        assertThat(calls.call(1)).isEqualTo("result 1");
    }

    @Test
    void answersManyThreads() {
        List<CompletableFuture<String>> results =
                IntStream.rangeClosed(100, 1_100).mapToObj(this::async).toList();

        for (int i = 0; i < results.size(); i++) {
            assertThat(results.get(i).join()).isEqualTo("result " + (100 + i));
        }
        assertThat(made).allSatisfy(together -> assertThat(together).hasSizeBetween(1, MAX));
        assertThat(made.stream().mapToInt(List::size).sum()).isEqualTo(results.size());
    }
}
