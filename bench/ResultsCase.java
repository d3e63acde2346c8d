import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Measures reading the results of a million images: page by page while the job runs, and as CSV after its end. */
final class ResultsCase {

    private static final String HEAP = "-Xmx512m";
    private static final int PAGE = 1_000;
    private static final double PAGE_TARGET_MS = 50;
    private static final double ROWS_TARGET = 200_000;
    private static final double HEAP_TARGET_MIB = 64;

    private ResultsCase() {}

    static void measure(Run run) throws IOException, InterruptedException {
        try (var origin = Origin.fast(run);
                var service = Service.start(run, "results", List.of(HEAP), "gpu.min-time=0ms", "gpu.max-time=0ms")) {
            int images = run.size(1_000_000, 50_000);
            run.report().line("warming up");
            Service.Job warmUp = service.submit(origin, Photo.SMALL, run.size(50_000, 5_000));
            readPages(service, warmUp);
            run.report().line("job of %,d images, %s", images, HEAP);
            Service.Job job = service.submit(origin, Photo.SMALL, images);
            Latencies.Summary pages = readPages(service, job);
            run.report().line("%,d pages of %,d images meanwhile: %s", pages.calls(), PAGE, pages.p99Text());
            run.report()
                    .result(
                            Report.text("a page of %,d images of %,d while the job runs, p99", PAGE, images),
                            pages.p99Text(),
                            Report.text("<= %.0f ms", PAGE_TARGET_MS),
                            pages.p99() <= PAGE_TARGET_MS);
            export(run, service, job);
        }
    }

    /** Reads page after page, and restarts at the first page, until the job ends. */
    private static Latencies.Summary readPages(Service service, Service.Job job) throws IOException {
        var latencies = new Latencies();
        String cursor = "";
        do {
            long start = System.nanoTime();
            cursor = service.nextPage(job, PAGE, cursor);
            latencies.add(System.nanoTime() - start);
        } while (service.ongoing(job));
        return latencies.summary();
    }

    private static void export(Run run, Service service, Service.Job job) throws IOException, InterruptedException {
        List<Double> rates = new ArrayList<>();
        for (int round = 1; round <= run.size(3, 1); round++) {
            long start = System.nanoTime();
            service.export(job, () -> {});
            double rate = job.images() / ((System.nanoTime() - start) / 1e9);
            run.report().line("CSV round %d: %,.0f rows/s", round, rate);
            rates.add(rate);
        }
        double rate = AlternatingRounds.median(rates);
        run.report()
                .result(
                        Report.text("the CSV of %,d images", job.images()),
                        Report.text("%,.0f rows/s", rate),
                        Report.text(">= %,.0f", ROWS_TARGET),
                        rate >= ROWS_TARGET);
        long before = service.liveHeapMiB();
        var meanwhile = new long[1];
        service.export(job, () -> meanwhile[0] = service.liveHeapMiB());
        long extra = meanwhile[0] - before;
        run.report().line("live heap %,d MiB before, %,d MiB half-way through the CSV", before, meanwhile[0]);
        run.report()
                .result(
                        "... heap in use meanwhile",
                        Report.text("%d MiB", extra),
                        Report.text("< %.0f MiB", HEAP_TARGET_MIB),
                        extra < HEAP_TARGET_MIB);
    }
}
