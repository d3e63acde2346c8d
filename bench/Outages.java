import java.util.ArrayList;
import java.util.List;

/**
 * The times in which the database refuses its service, so that only {@code 503} can be right. What good clients notice
 * then is reported apart. Thread-safe.
 */
final class Outages {

    private record Window(long begin, long end) {}

    private final List<Window> windows = new ArrayList<>();

    synchronized void begin() {
        windows.add(new Window(System.nanoTime(), Long.MAX_VALUE));
    }

    synchronized void end() {
        windows.add(new Window(windows.removeLast().begin(), System.nanoTime()));
    }

    /** Returns whether the time between two values of {@link System#nanoTime()} has a part in an outage. */
    synchronized boolean touch(long from, long to) {
        return windows.stream().anyMatch(window -> from <= window.end() && to >= window.begin());
    }

    synchronized int count() {
        return windows.size();
    }
}
