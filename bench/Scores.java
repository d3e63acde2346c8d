import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the good clients have noticed. Thread-safe. */
final class Scores {

    /** How the latency of a call is measured. */
    enum Group {
        /** From the planned instant to the last byte of the answer. */
        CALL,
        /** As of a call, without the time that the client has asked to wait. */
        WAIT,
        /** From the planned instant to the first byte of the answer. */
        STREAM
    }

    private static final int SHOWN_ERRORS = 12;

    private final Outages outages;
    private final Map<Group, Latencies> byGroup = new EnumMap<>(Group.class);
    private final Map<String, Latencies> byKind = new LinkedHashMap<>();
    private final Map<String, Integer> errors = new LinkedHashMap<>();
    private int calls;
    private int unavailable;
    private int failed;
    private int callsInOutages;
    private int unavailableInOutages;

    Scores(Outages outages) {
        this.outages = outages;
        for (Group group : Group.values()) {
            byGroup.put(group, new Latencies());
        }
    }

    /**
     * Adds a call that was answered as it must be, or {@code 503} with {@code Retry-After}.
     *
     * @param planned {@link System#nanoTime()} at which the call was due
     * @param nanos its latency, as its group measures it
     */
    synchronized void add(GoodClients.Kind kind, long planned, long nanos, boolean refused) {
        if (outages.touch(planned, System.nanoTime())) {
            callsInOutages++;
            unavailableInOutages += refused ? 1 : 0;
            return;
        }
        calls++;
        unavailable += refused ? 1 : 0;
        byGroup.get(kind.group()).add(nanos);
        byKind.computeIfAbsent(kind.name(), name -> new Latencies()).add(nanos);
    }

    /**
     * Adds a call whose connection was closed early. That is wrong, but not for a stream in an outage: an answer that
     * has begun cannot become {@code 503}.
     */
    synchronized void breakOff(GoodClients.Kind kind, long planned, String message) {
        if (kind.group() == Group.STREAM && outages.touch(planned, System.nanoTime())) {
            callsInOutages++;
            unavailableInOutages++;
        } else {
            fail(kind, message);
        }
    }

    /** Adds a call without an answer, or with a wrong one; in an outage too. */
    synchronized void fail(GoodClients.Kind kind, String message) {
        calls++;
        failed++;
        String text = kind.name() + ": " + message.replaceAll("\\d{6,}", "N");
        if (errors.containsKey(text) || errors.size() < SHOWN_ERRORS) {
            errors.merge(text, 1, Integer::sum);
        }
    }

    synchronized int calls() {
        return calls;
    }

    synchronized int unavailable() {
        return unavailable;
    }

    synchronized int failed() {
        return failed;
    }

    synchronized int callsInOutages() {
        return callsInOutages;
    }

    synchronized int unavailableInOutages() {
        return unavailableInOutages;
    }

    /** Returns the latencies of a group. To be called once, after the last call to {@link #add}. */
    synchronized Latencies.Summary latencies(Group group) {
        return byGroup.get(group).summary();
    }

    /** Returns the latencies of each kind of call. To be called once, after the last call to {@link #add}. */
    synchronized Map<String, Latencies.Summary> kinds() {
        Map<String, Latencies.Summary> kinds = new LinkedHashMap<>();
        byKind.forEach((kind, latencies) -> kinds.put(kind, latencies.summary()));
        return kinds;
    }

    /** Returns the different errors, each with its number. */
    synchronized List<String> errors() {
        return errors.entrySet().stream()
                .map(error -> error.getValue() + " x " + error.getKey())
                .toList();
    }
}
