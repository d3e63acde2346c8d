package io.imageprocessor.postgres.reading;

import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.ImageFilter;
import io.imageprocessor.job.ImageState;
import io.imageprocessor.job.JobId;
import io.imageprocessor.job.JobState;
import io.imageprocessor.postgres.database.PostgresText;
import io.imageprocessor.postgres.database.UnnestRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import lombok.RequiredArgsConstructor;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Finds the images of a job that fit a filter, in a transaction of the caller's. It goes through the job in stretches,
 * which grow as long as too little is found. In each it asks an index which images have the result that is looked for,
 * or the small bitmaps which have none yet, and another index which of them belong to the store. Each question is about
 * a stretch, so that no plan, however old the database's statistics are, reads much more.
 */
@RequiredArgsConstructor
final class ImageSearch {

    private static final int SHORTEST_STRETCH = 256;
    private static final int LONGEST_STRETCH = 65_536;

    /** All codes that an image can fail with; a cancelled one has no result. */
    private static final List<FailureCode> FAILURES = Arrays.stream(FailureCode.values())
            .filter(code -> code != FailureCode.CANCELLED)
            .toList();

    private final JdbcTemplate jdbc;
    private final JobId job;
    private final JobState jobState;
    private final int imageCount;

    /**
     * Which images of a stretch fit.
     *
     * @param images those that fit, by their distance from {@code start}
     * @param end index of the first image behind the stretch
     */
    private record Stretch(int start, BitSet images, int end) {

        Stretch and(Stretch other) {
            images.and(other.images);
            return new Stretch(start, images, Math.min(end, other.end));
        }

        void addTo(List<Integer> found, int limit) {
            for (int i = images.nextSetBit(0);
                    i >= 0 && start + i < end && found.size() < limit;
                    i = images.nextSetBit(i + 1)) {
                found.add(start + i);
            }
        }
    }

    /** The indexes of the first images from {@code from} on that fit, in order. */
    List<Integer> find(ImageFilter filter, int from, int limit) {
        List<Integer> found = new ArrayList<>();
        int length = Math.max(limit, SHORTEST_STRETCH);
        int at = isContradictory(filter) ? imageCount : from;
        while (at < imageCount && found.size() < limit) {
            Stretch stretch = stretch(filter, at, length);
            stretch.addTo(found, limit);
            at = stretch.end();
            length = Math.min(2 * length, LONGEST_STRETCH);
        }
        return found;
    }

    private static boolean isContradictory(ImageFilter filter) {
        return filter.state().isPresent()
                && filter.code().isPresent()
                && filter.state().get() != stateWith(filter.code().get());
    }

    private static ImageState stateWith(FailureCode code) {
        return code == FailureCode.CANCELLED ? ImageState.CANCELLED : ImageState.FAILED;
    }

    private Stretch stretch(ImageFilter filter, int at, int length) {
        if (filter.storeId().isEmpty()) {
            return inState(filter, at, length);
        }
        Stretch visited = visited(PostgresText.of(filter.storeId().get()), at, length);
        return visited.images().isEmpty() ? visited : visited.and(inState(filter, visited.start(), length));
    }

    private Stretch inState(ImageFilter filter, int at, int length) {
        int end = Math.min(imageCount, at + length);
        Optional<ImageState> state = filter.state().or(() -> filter.code().map(ImageSearch::stateWith));
        if (state.isEmpty()) {
            BitSet all = new BitSet();
            all.set(0, end - at);
            return new Stretch(at, all, end);
        }
        return switch (state.get()) {
            case PENDING, RUNNING, CANCELLED -> unfinished(state.get(), at, end);
            case SUCCEEDED -> succeeded(at, end);
            case FAILED -> failed(filter.code().map(List::of).orElse(FAILURES), at, end);
        };
    }

    /** The images of so many visits to a store, from the first of these images on. */
    private Stretch visited(String storeId, int at, int most) {
        // The visit that an image belongs to is the last one that begins with it or before.
        List<Range> visits = jdbc.query(
                """
                        SELECT first_image, images FROM visit
                        WHERE job_id = ? AND store_id = ? AND first_image >= coalesce(
                            (SELECT max(first_image) FROM visit
                             WHERE job_id = ? AND store_id = ? AND first_image <= ?), 0)
                        ORDER BY first_image LIMIT ?
                        """,
                (row, _) -> new Range(row.getInt(1), row.getInt(1) + row.getInt(2)),
                job.value(),
                storeId,
                job.value(),
                storeId,
                at,
                most);
        int end = visits.size() < most ? imageCount : visits.getLast().end();
        List<Range> ahead = visits.stream().filter(visit -> visit.end() > at).toList();
        int start = ahead.isEmpty() ? end : Math.max(at, ahead.getFirst().first());
        BitSet images = new BitSet();
        ahead.forEach(visit -> images.set(Math.max(start, visit.first()) - start, visit.end() - start));
        return new Stretch(start, images, end);
    }

    /** @param end index of the first image behind */
    private record Range(int first, int end) {}

    /** The images without a result that are in a state. */
    private Stretch unfinished(ImageState state, int at, int end) {
        BitSet images = new BitSet();
        if (jobState != (state == ImageState.CANCELLED ? JobState.CANCELLED : JobState.ONGOING)) {
            return new Stretch(at, images, imageCount);
        }
        jdbc.query(
                """
                SELECT first_image, started, done FROM slice_progress
                WHERE job_id = ? AND first_image >= ? AND first_image < ?
                """,
                row -> {
                    int first = row.getInt("first_image");
                    SliceProgress slice = new SliceProgress(row.getBytes("started"), row.getBytes("done"));
                    for (int image = Math.max(at, first); image < SliceLayout.endOf(first, end); image++) {
                        images.set(image - at, isIn(state, slice, image - first));
                    }
                },
                job.value(),
                SliceLayout.firstOf(at),
                end);
        return new Stretch(at, images, end);
    }

    private static boolean isIn(ImageState state, SliceProgress slice, int offset) {
        return switch (state) {
            case PENDING -> !slice.isDone(offset) && !slice.isRunning(offset);
            case RUNNING -> slice.isRunning(offset);
            default -> !slice.isDone(offset);
        };
    }

    private Stretch succeeded(int at, int end) {
        BitSet images = new BitSet();
        jdbc.query(
                "SELECT image FROM image_result WHERE job_id = ? AND image >= ? AND image < ? AND code IS NULL",
                row -> {
                    images.set(row.getInt(1) - at);
                },
                job.value(),
                at,
                end);
        return new Stretch(at, images, end);
    }

    /** Each code is looked up for itself, since the index has the images of each of them in order. */
    private Stretch failed(List<FailureCode> codes, int at, int end) {
        UnnestRows wanted = new UnnestRows("text");
        codes.forEach(code -> wanted.add(code.code()));
        BitSet images = new BitSet();
        wanted.query(jdbc, """
                        SELECT failed.image
                        FROM (SELECT ?::bigint AS job_id, ?::integer AS first, ?::integer AS after) AS asked
                        CROSS JOIN unnest(?) AS wanted (code)
                        CROSS JOIN LATERAL (
                            SELECT image FROM image_result AS r
                            WHERE r.job_id = asked.job_id AND r.code = wanted.code
                                AND r.image >= asked.first AND r.image < asked.after
                            OFFSET 0) AS failed
                        """, (row, _) -> row.getInt(1), job.value(), at, end)
                .forEach(image -> images.set(image - at));
        return new Stretch(at, images, end);
    }
}
