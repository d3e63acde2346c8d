package io.imageprocessor.api.visits;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.imageprocessor.api.visits.VisitsResponse.Day;
import io.imageprocessor.api.visits.VisitsResponse.StoreVisits;
import io.imageprocessor.job.VisitTotal;
import io.imageprocessor.stores.Store;
import java.io.IOException;
import java.io.OutputStream;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * The content of a {@link VisitsResponse} in two numbers for each day, because a slow client may read hundreds of
 * thousands of them for minutes. Immutable.
 */
final class VisitDays {

    /** Bytes of one day: its two numbers. */
    static final int BYTES_PER_DAY = 2 * Long.BYTES;

    private static final byte[] BEGIN = "{\"results\":[".getBytes(US_ASCII);
    private static final byte[] END = "]}".getBytes(US_ASCII);

    /** Stores with days, in the order of the response. */
    private final List<Store> stores;

    /** For each of these stores, the index after its last day. */
    private final int[] ends;

    private final long[] epochDays;
    private final long[] perimeters;

    private VisitDays(List<Store> stores, int[] ends, long[] epochDays, long[] perimeters) {
        this.stores = stores;
        this.ends = ends;
        this.epochDays = epochDays;
        this.perimeters = perimeters;
    }

    /**
     * Sorts the totals by the order of the stores, and by day.
     *
     * @param totals of some of these stores, in no order
     */
    static VisitDays of(List<Store> stores, List<VisitTotal> totals) {
        Map<String, Integer> order = new HashMap<>();
        stores.forEach(store -> order.put(store.id(), order.size()));
        VisitTotal[] sorted = totals.stream()
                .filter(total -> order.containsKey(total.storeId()))
                .toArray(VisitTotal[]::new);
        Arrays.sort(
                sorted,
                Comparator.<VisitTotal>comparingInt(total -> order.getOrDefault(total.storeId(), 0))
                        .thenComparing(VisitTotal::date));
        List<Store> found = new ArrayList<>();
        int[] ends = new int[stores.size()];
        long[] epochDays = new long[sorted.length];
        long[] perimeters = new long[sorted.length];
        for (int i = 0; i < sorted.length; i++) {
            Store store = stores.get(order.getOrDefault(sorted[i].storeId(), 0));
            if (found.isEmpty() || !found.getLast().equals(store)) {
                found.add(store);
            }
            ends[found.size() - 1] = i + 1;
            epochDays[i] = sorted[i].date().toEpochDay();
            perimeters[i] = sorted[i].perimeter();
        }
        return new VisitDays(List.copyOf(found), Arrays.copyOf(ends, found.size()), epochDays, perimeters);
    }

    /** Returns the number of days of all stores. */
    int count() {
        return epochDays.length;
    }

    /** Writes the JSON of the response, day by day. */
    void writeTo(OutputStream out, JsonMapper json) throws IOException {
        out.write(BEGIN);
        int day = 0;
        for (int i = 0; i < ends.length; i++) {
            if (i > 0) {
                out.write(',');
            }
            byte[] withoutDays = json.writeValueAsBytes(StoreVisits.of(stores.get(i)));
            out.write(withoutDays, 0, withoutDays.length - END.length);
            for (int first = day; day < ends[i]; day++) {
                if (day > first) {
                    out.write(',');
                }
                out.write(json.writeValueAsBytes(new Day(LocalDate.ofEpochDay(epochDays[day]), perimeters[day])));
            }
            out.write(END);
        }
        out.write(END);
    }
}
