import java.util.stream.LongStream;

/** Collects the latencies of calls. For one thread at a time. */
final class Latencies {

    private final LongStream.Builder nanos = LongStream.builder();
    private int calls;

    void add(long callNanos) {
        nanos.add(callNanos);
        calls++;
    }

    /** Returns the summary. To be called once, after the last call to {@link #add}. */
    Summary summary() {
        long[] sorted = nanos.build().sorted().toArray();
        return new Summary(calls, percentileMs(sorted, 0.50), percentileMs(sorted, 0.99), percentileMs(sorted, 1));
    }

    /** Returns the nearest-rank percentile. */
    private static double percentileMs(long[] sorted, double fraction) {
        if (sorted.length == 0) {
            return 0;
        }
        int rank = (int) Math.ceil(fraction * sorted.length);
        return sorted[Math.max(rank, 1) - 1] / 1e6;
    }

    /** Percentiles in milliseconds. */
    record Summary(int calls, double p50, double p99, double max) {

        String p99Text() {
            return Report.text("%.1f ms (p50 %.1f, max %.1f)", p99, p50, max);
        }
    }
}
