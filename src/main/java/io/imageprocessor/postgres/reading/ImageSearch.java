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
 * Finds the images of a job that match a filter, in the caller's transaction. It searches range by range; the ranges
 * grow while too few images match. In each range, one index finds the images with the wanted result, or small bitmaps
 * find those without a result; another index finds the images of the store. Each query is limited to the range, so that
 * no plan reads much more, even with outdated statistics. Not thread-safe.
 */
@RequiredArgsConstructor
final class ImageSearch {

    private static final int MIN_RANGE = 256;
    private static final int MAX_RANGE = 65_536;

    /** All codes of recorded failures; a cancelled image has no recorded result. */
    private static final List<FailureCode> FAILURES = Arrays.stream(FailureCode.values())
            .filter(code -> code != FailureCode.CANCELLED)
            .toList();

    private final JdbcTemplate jdbc;
    private final JobId job;
    private final JobState jobState;
    private final int imageCount;

    /**
     * The matching images of a range.
     *
     * @param images the matching ones, by their offset from {@code start}
     * @param end index after the last image of the range
     */
    private record Matches(int start, BitSet images, int end) {

        Matches and(Matches other) {
            images.and(other.images);
            return new Matches(start, images, Math.min(end, other.end));
        }

        void addTo(List<Integer> found, int limit) {
            for (int i = images.nextSetBit(0);
                    i >= 0 && start + i < end && found.size() < limit;
                    i = images.nextSetBit(i + 1)) {
                found.add(start + i);
            }
        }
    }

    /** Returns the indexes of the first matching images from {@code from} on, in order. */
    List<Integer> find(ImageFilter filter, int from, int limit) {
        List<Integer> found = new ArrayList<>();
        int length = Math.max(limit, MIN_RANGE);
        int at = isContradictory(filter) ? imageCount : from;
        while (at < imageCount && found.size() < limit) {
            Matches matches = search(filter, at, length);
            matches.addTo(found, limit);
            at = matches.end();
            length = Math.min(2 * length, MAX_RANGE);
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

    private Matches search(ImageFilter filter, int at, int length) {
        if (filter.storeId().isEmpty()) {
            return inState(filter, at, length);
        }
        Matches visited = visited(PostgresText.of(filter.storeId().get()), at, length);
        return visited.images().isEmpty() ? visited : visited.and(inState(filter, visited.start(), length));
    }

    private Matches inState(ImageFilter filter, int at, int length) {
        int end = Math.min(imageCount, at + length);
        Optional<ImageState> state = filter.state().or(() -> filter.code().map(ImageSearch::stateWith));
        if (state.isEmpty()) {
            BitSet all = new BitSet();
            all.set(0, end - at);
            return new Matches(at, all, end);
        }
        return switch (state.get()) {
            case PENDING, RUNNING, CANCELLED -> unfinished(state.get(), at, end);
            case SUCCEEDED -> succeeded(at, end);
            case FAILED -> failed(filter.code().map(List::of).orElse(FAILURES), at, end);
        };
    }

    /**
     * Finds the images of visits to a store, from index {@code at} on.
     *
     * @param limit the number of visits
     */
    private Matches visited(String storeId, int at, int limit) {
        // An image belongs to the last visit that begins at or before it.
        List<Visited> visits = jdbc.query(
                """
                        SELECT first_image, images FROM visit
                        WHERE job_id = ? AND store_id = ? AND first_image >= coalesce(
                            (SELECT max(first_image) FROM visit
                             WHERE job_id = ? AND store_id = ? AND first_image <= ?), 0)
                        ORDER BY first_image LIMIT ?
                        """,
                (row, _) -> new Visited(row.getInt(1), row.getInt(1) + row.getInt(2)),
                job.value(),
                storeId,
                job.value(),
                storeId,
                at,
                limit);
        int end = visits.size() < limit ? imageCount : visits.getLast().end();
        List<Visited> remaining =
                visits.stream().filter(visit -> visit.end() > at).toList();
        int start =
                remaining.isEmpty() ? end : Math.max(at, remaining.getFirst().first());
        BitSet images = new BitSet();
        remaining.forEach(visit -> images.set(Math.max(start, visit.first()) - start, visit.end() - start));
        return new Matches(start, images, end);
    }

    /** @param end index after the last image */
    private record Visited(int first, int end) {}

    /** Finds the images without a result that are in this state. */
    private Matches unfinished(ImageState state, int at, int end) {
        BitSet images = new BitSet();
        if (jobState != (state == ImageState.CANCELLED ? JobState.CANCELLED : JobState.ONGOING)) {
            return new Matches(at, images, imageCount);
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
        return new Matches(at, images, end);
    }

    private static boolean isIn(ImageState state, SliceProgress slice, int offset) {
        return switch (state) {
            case PENDING -> !slice.isDone(offset) && !slice.isRunning(offset);
            case RUNNING -> slice.isRunning(offset);
            default -> !slice.isDone(offset);
        };
    }

    private Matches succeeded(int at, int end) {
        BitSet images = new BitSet();
        jdbc.query(
                "SELECT image FROM image_result WHERE job_id = ? AND image >= ? AND image < ? AND code IS NULL",
                row -> {
                    images.set(row.getInt(1) - at);
                },
                job.value(),
                at,
                end);
        return new Matches(at, images, end);
    }

    /** Looks up each code separately, because the index has the images of one code in order. */
    private Matches failed(List<FailureCode> codes, int at, int end) {
        UnnestRows wanted = new UnnestRows("text");
        codes.forEach(code -> wanted.add(code.code()));
        BitSet images = new BitSet();
        wanted.query(jdbc, """
                        SELECT failed.image
                        FROM (SELECT ?::bigint AS job_id, ?::integer AS first, ?::integer AS after) AS bounds
                        CROSS JOIN unnest(?) AS wanted (code)
                        CROSS JOIN LATERAL (
                            SELECT image FROM image_result AS r
                            WHERE r.job_id = bounds.job_id AND r.code = wanted.code
                                AND r.image >= bounds.first AND r.image < bounds.after
                            OFFSET 0) AS failed
                        """, (row, _) -> row.getInt(1), job.value(), at, end)
                .forEach(image -> images.set(image - at));
        return new Matches(at, images, end);
    }
}
