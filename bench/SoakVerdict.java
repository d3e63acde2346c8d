import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Adds the figures of a soak to the report, each beside its target. */
final class SoakVerdict {

    private static final double P99_TARGET_MS = 250;
    private static final double UNAVAILABLE_TARGET = 0.01;
    private static final double GROWTH_TARGET = 0.05;
    private static final int LOG_TARGET = 100;

    private final Report report;
    private final String storage;

    SoakVerdict(Run run, String storage) {
        this.report = run.report();
        this.storage = storage;
    }

    /** Reports that the process of the service has ended, which makes all other figures pointless. */
    void died(String how) {
        report.result(storage + ": the service", how, "lives", false);
    }

    void calls(Scores scores, double rate) {
        Map<String, Latencies.Summary> kinds = scores.kinds();
        kinds.forEach((kind, latencies) ->
                report.line("%-16s %,7d calls, p99 %s", kind, latencies.calls(), latencies.p99Text()));
        scores.errors().forEach(error -> report.line("error: %s", error));
        Latencies.Summary calls = scores.latencies(Scores.Group.CALL);
        report.result(
                Report.text("%s: good clients, %,d calls, %.0f/s, p99", storage, scores.calls(), rate),
                calls.p99Text(),
                Report.text("<= %.0f ms", P99_TARGET_MS),
                calls.calls() > 0 && calls.p99() <= P99_TARGET_MS);
        if (kinds.containsKey("liveness")) {
            report.figure("... of these, liveness", kinds.get("liveness").p99Text());
        }
        report.figure(
                "... waits, beyond the time asked for, p99",
                scores.latencies(Scores.Group.WAIT).p99Text());
        report.figure(
                "... streams, to their first byte, p99",
                scores.latencies(Scores.Group.STREAM).p99Text());
        double unavailable = (double) scores.unavailable() / Math.max(1, scores.calls());
        report.result(
                "... answered 503 with Retry-After",
                Report.text("%.2f %% (%,d)", 100 * unavailable, scores.unavailable()),
                Report.text("<= %.0f %%", 100 * UNAVAILABLE_TARGET),
                unavailable <= UNAVAILABLE_TARGET);
        report.result("... other errors", Report.text("%,d", scores.failed()), "0", scores.failed() == 0);
    }

    void outages(Scores scores, int outages) {
        report.figure(
                Report.text("... beside these, while a right was revoked (%d times)", outages),
                Report.text(
                        "%,d of %,d answered 503 or broken off",
                        scores.unavailableInOutages(), scores.callsInOutages()));
    }

    void vitals(Vitals begin, Vitals end) {
        growth("heap after a full collection", begin.heapKiB() / 1024.0, end.heapKiB() / 1024.0, "%.1f -> %.1f MiB");
        growth("threads", begin.threads(), end.threads(), "%.0f -> %.0f");
        growth("open files", begin.files(), end.files(), "%.0f -> %.0f");
    }

    private void growth(String what, double begin, double end, String format) {
        double growth = end / begin - 1;
        report.result(
                storage + ": " + what + ", begin and end",
                Report.text(format + " (%+.1f %%)", begin, end, 100 * growth),
                Report.text("<= +%.0f %%", 100 * GROWTH_TARGET),
                growth <= GROWTH_TARGET);
    }

    void log(LogWatch logs, int jobs) {
        List<Integer> minutes = logs.perMinute(jobs);
        logs.mostFrequent(8).forEach(line -> report.line("log: %s", line));
        int most = Collections.max(minutes);
        report.result(
                storage + ": log lines a minute, without two per job",
                Report.text("first %d, last %d, most %d", minutes.getFirst(), minutes.getLast(), most),
                "<= " + LOG_TARGET,
                most <= LOG_TARGET);
    }

    /**
     * Compares what the service has counted with the results that clients have seen.
     *
     * @param counted results that the metrics have counted
     * @param complete whether no process has ended with its metrics, so that no result may be missing in them
     */
    void jobs(SoakLedger ledger, long counted, boolean complete) {
        ledger.lost().stream().limit(8).forEach(job -> report.line("lost: %s", job));
        ledger.countedTwice().stream().limit(8).forEach(job -> report.line("counted twice: %s", job));
        ledger.otherResults().stream().limit(8).forEach(job -> report.line("other result: %s", job));
        count("jobs lost of " + Report.text("%,d", ledger.goodJobs()), ledger.lost());
        count("jobs, rows or ids counted twice", ledger.countedTwice());
        count("jobs with another result than expected", ledger.otherResults());
        long most = ledger.results() + ledger.unseenImages();
        boolean agree = counted <= most && (!complete || counted >= ledger.results());
        report.result(
                storage + ": results in the metrics, of those that clients have seen",
                Report.text("%,d of %,d", counted, ledger.results()),
                (complete ? "all" : "at most all")
                        + (ledger.unseenImages() == 0 ? "" : Report.text(" + %,d", ledger.unseenImages())),
                agree);
    }

    /** Without results of the replica that is killed, no slice was taken over. */
    void secondReplica(long results) {
        report.result(
                storage + ": results of the replica that is killed", Report.text("%,d", results), "> 0", results > 0);
    }

    private void count(String what, List<String> found) {
        report.result(storage + ": " + what, String.valueOf(found.size()), "0", found.isEmpty());
    }
}
