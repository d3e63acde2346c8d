import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Counts the lines of log files, minute by minute, without the two lines of each job. Thread-safe. */
final class LogWatch {

    private static final Pattern OF_A_JOB =
            Pattern.compile(".* job \\d+ (accepted: |(completed|failed|cancelled): .* in \\d+ ms).*");
    private static final long MINUTE = 60_000_000_000L;

    private final Map<Path, Long> read = new HashMap<>();
    private final Map<Long, Integer> byMinute = new TreeMap<>();
    private final Map<String, Integer> shapes = new HashMap<>();
    private final long start = System.nanoTime();
    private int ofJobs;

    /** Adds a log; lines that it already has are not counted, because they are those of a start. */
    synchronized void add(Path log) throws IOException {
        read.put(log, Files.size(log));
    }

    /** Counts the new lines; to be called more often than once a minute. */
    synchronized void count() throws IOException {
        for (Path log : List.copyOf(read.keySet())) {
            byte[] bytes = newBytes(log);
            int end = bytes.length;
            while (end > 0 && bytes[end - 1] != '\n') {
                end--; // a line that is not complete yet
            }
            read.merge(log, (long) end, Long::sum);
            new String(bytes, 0, end, StandardCharsets.UTF_8).lines().forEach(this::count);
        }
    }

    private byte[] newBytes(Path log) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(log)) {
            channel.position(read.get(log));
            return Channels.newInputStream(channel).readAllBytes();
        }
    }

    private void count(String line) {
        if (OF_A_JOB.matcher(line).matches()) {
            ofJobs++;
            return;
        }
        byMinute.merge((System.nanoTime() - start) / MINUTE, 1, Integer::sum);
        String shape = line.replaceFirst("^\\S+ +", "")
                .replaceFirst(" \\d+ --- .*?\\] \\[.*?\\]", "")
                .replaceAll("\\d+", "#");
        shapes.merge(shape.substring(0, Math.min(shape.length(), 150)), 1, Integer::sum);
    }

    /**
     * Returns the lines of each minute.
     *
     * @param jobs number of accepted jobs, each of which has two lines; further lines about them count in the first
     *     minute
     */
    synchronized List<Integer> perMinute(int jobs) {
        List<Integer> lines = new ArrayList<>();
        long minutes = (System.nanoTime() - start) / MINUTE + 1;
        for (long minute = 0; minute < minutes; minute++) {
            lines.add(byMinute.getOrDefault(minute, 0));
        }
        lines.set(0, lines.getFirst() + Math.max(0, ofJobs - 2 * jobs));
        return Collections.unmodifiableList(lines);
    }

    /** Returns the most frequent lines without time and thread, with their numbers, and # for each number in them. */
    synchronized List<String> mostFrequent(int limit) {
        return shapes.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(limit)
                .map(shape -> shape.getValue() + " x " + shape.getKey())
                .toList();
    }
}
