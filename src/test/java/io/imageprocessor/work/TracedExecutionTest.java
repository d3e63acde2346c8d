package io.imageprocessor.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.AdditionalAnswers.returnsArgAt;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.isA;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoInteractions;
import static org.mockito.Mockito.when;

import io.imageprocessor.gpu.Gpu;
import io.imageprocessor.image.ImageDimensions;
import io.imageprocessor.image.ImageFailedException;
import io.imageprocessor.image.ImageFailure;
import io.imageprocessor.image.ImageProbe;
import io.imageprocessor.image.MeasuredImage;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobStore;
import io.imageprocessor.job.TraceParent;
import io.imageprocessor.queue.FairJobQueue;
import io.imageprocessor.queue.JobTrace;
import io.imageprocessor.queue.LocalQueues;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.Answers;
import org.mockito.invocation.InvocationOnMock;

/** Faults of tracing do not affect the results of images. */
class TracedExecutionTest {

    private static final JobId JOB = new JobId(7);
    private static final String GOOD = "http://a/good.png";
    private static final String BAD = "http://a/bad.png";
    private static final JobTrace TRACE =
            new JobTrace(new TraceParent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"), 1);

    private final JobStore store = mock();
    private final ImageProbe probe = mock();
    private final Gpu gpu = mock(Answers.RETURNS_DEEP_STUBS);
    private final ImageWorker worker = new ImageWorker(
            store,
            probe,
            gpu,
            new RetryPolicy(1, Duration.ofSeconds(90), () -> 0),
            new WorkMeters(new SimpleMeterRegistry()));

    private final List<String> calls = new ArrayList<>();
    private String broken = "nothing";
    private final Scope scope = mock(this::answer);
    private final Span span = mock(this::answer);
    private final SpanBuilder builder = mock(this::answer);
    private final Tracer tracer = mock(this::answer);

    private final List<Runnable> started = new ArrayList<>();
    private final FairJobQueue queue = LocalQueues.queueFor(worker)
            .executor(started::add)
            .timer((_, _) -> {})
            .tracer(tracer)
            .build();

    @BeforeEach
    void haveOneImageSucceedAndOneFail() throws Exception {
        when(store.start(any(), anyInt())).thenReturn(true);
        when(store.record(any(), anyInt(), any())).then(returnsArgAt(2));
        when(probe.measure(GOOD)).thenReturn(new MeasuredImage(new ImageDimensions(640, 480, "jpeg"), 12_345));
        when(probe.measure(BAD)).thenThrow(new ImageFailedException(new ImageFailure.HttpStatus(404)));
        when(gpu.acquire(anyLong()).compute()).thenReturn(Duration.ofMillis(1));
    }

    /** Answers like OpenTelemetry, except for the broken call. */
    private @Nullable Object answer(InvocationOnMock call) throws Throwable {
        String method = call.getMethod().getName();
        calls.add(method);
        if (method.equals(broken)) {
            throw new IllegalStateException("tracing fault, expected by this test");
        }
        Class<?> answer = call.getMethod().getReturnType();
        if (answer == SpanBuilder.class) {
            return builder;
        } else if (answer == Scope.class) {
            return scope;
        } else if (answer == Span.class) {
            return span;
        }
        return Answers.RETURNS_DEFAULTS.answer(call);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nothing",
                "spanBuilder",
                "setParent",
                "startSpan",
                "makeCurrent",
                "setAttribute",
                "setStatus",
                "addEvent",
                "end",
                "close"
            })
    void recordsEveryResultWhateverTracingCallFails(String call) {
        broken = call;

        process(GOOD, BAD);

        assertThat(calls).contains(call.equals("nothing") ? "end" : call);
        verify(store).record(any(), anyInt(), isA(ImageResult.Succeeded.class));
        verify(store).record(any(), anyInt(), isA(ImageResult.Failed.class));
        assertThat(LocalQueues.isEmpty(queue)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"setAttribute", "addEvent", "end"})
    void endsTheTraceOfAnAttemptAtItsFirstFaultAndLeavesNothingOpen(String call) {
        broken = call;

        process(GOOD);

        assertThat(calls.subList(calls.indexOf(call) + 1, calls.size())).doesNotContain("spanBuilder", "startSpan");
        assertThat(calls.stream().filter("makeCurrent"::equals))
                .hasSameSizeAs(calls.stream().filter("close"::equals).toList());
    }

    @Test
    void createsNoSpanForAnImageThatIsNotPending() {
        when(store.start(any(), anyInt())).thenReturn(false);

        process(GOOD);

        verify(store).start(JOB, 0);
        verifyNoInteractions(tracer);
    }

    @Test
    void createsNoSpanForAnImageThatWasCancelledBeforeItsWork() {
        enqueue(GOOD);
        queue.cancel(JOB);
        runAll();

        verify(store, never()).start(any(), anyInt());
        verifyNoInteractions(tracer);
    }

    private void process(String... urls) {
        enqueue(urls);
        runAll();
    }

    private void enqueue(String... urls) {
        BitSet all = new BitSet();
        all.set(0, urls.length);
        Runnable _ = queue.enqueue(JOB, 0, List.of(urls), all, TRACE);
    }

    private void runAll() {
        while (!started.isEmpty()) {
            started.removeFirst().run();
        }
    }
}
