import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Prints progress lines while the cases run, and the table at the end. */
final class Report {

    private record Row(String what, String measured, String target, String reached) {
        private List<String> cells() {
            return List.of(what, measured, target, reached);
        }
    }

    private final List<Row> rows = new ArrayList<>();

    void heading(String caseName) {
        System.out.printf("%n%s%n", caseName);
    }

    /** Prints a progress line or a raw figure, formatted as by {@link String#format}. */
    void line(String format, Object... arguments) {
        System.out.println("  " + text(format, arguments));
    }

    /** Adds a row to the final table. */
    void result(String what, String measured, String target, boolean reached) {
        rows.add(new Row(what, measured, target, reached ? "yes" : "NO"));
    }

    /** Adds a row without a target. */
    void figure(String what, String measured) {
        rows.add(new Row(what, measured, "-", "-"));
    }

    boolean everyTargetReached() {
        return rows.stream().noneMatch(row -> row.reached().equals("NO"));
    }

    void printTable(boolean quick) {
        if (rows.isEmpty()) {
            return;
        }
        List<Row> lines = new ArrayList<>(List.of(new Row("what", "measured", "target", "reached")));
        lines.addAll(rows);
        int[] widths = IntStream.range(0, 4)
                .map(column -> lines.stream()
                        .mapToInt(row -> row.cells().get(column).length())
                        .max()
                        .orElseThrow())
                .toArray();
        String rule = "-".repeat(IntStream.of(widths).sum() + 9);
        System.out.println();
        lines.forEach(row -> {
            IntStream.range(0, 4)
                    .mapToObj(column -> pad(row.cells().get(column), widths[column]))
                    .reduce((left, right) -> left + " | " + right)
                    .map(String::stripTrailing)
                    .ifPresent(System.out::println);
            if (row == lines.getFirst()) {
                System.out.println(rule);
            }
        });
        if (quick) {
            System.out.println("--quick: the sizes are too small for targets, so a missed target does not count.");
        }
    }

    /** Formats as {@link String#format}, independently of the locale. */
    static String text(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }

    private static String pad(String cell, int width) {
        return cell + " ".repeat(width - cell.length());
    }
}
