package io.imageprocessor;

import static java.util.stream.Collectors.toMap;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A response of {@code /actuator/prometheus}.
 *
 * @param types types by name of the meter
 */
public record Scrape(Map<String, String> types, List<Sample> samples) {

    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:]+)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    public record Sample(String name, Map<String, String> labels, double value) {

        private static Sample of(Matcher line) {
            Map<String, String> labels = line.group(2) == null
                    ? Map.of()
                    : LABEL.matcher(line.group(2)).results().collect(toMap(it -> it.group(1), it -> it.group(2)));
            return new Sample(line.group(1), labels, Double.parseDouble(line.group(3)));
        }
    }

    public static Scrape of(String text) {
        Map<String, String> types = new HashMap<>();
        TYPE.matcher(text).results().forEach(line -> types.put(line.group(1), line.group(2)));
        List<Sample> samples = text.lines()
                .map(SAMPLE::matcher)
                .filter(Matcher::matches)
                .map(Sample::of)
                .toList();
        return new Scrape(types, samples);
    }

    /** Returns the value of the only sample with this name and these labels, given as name, value, and so on. */
    public double value(String name, String... labels) {
        Map<String, String> wanted = new HashMap<>();
        for (int i = 0; i < labels.length; i += 2) {
            wanted.put(labels[i], labels[i + 1]);
        }
        return samples.stream()
                .filter(sample -> sample.name().equals(name) && sample.labels().equals(wanted))
                .findAny()
                .orElseThrow(() -> new AssertionError("no " + name + wanted))
                .value();
    }

    /** Returns the samples of a meter, including all parts of a histogram. */
    Stream<Sample> samplesOf(String meter) {
        String parts = "histogram".equals(types.get(meter)) ? "_(bucket|count|sum)" : "";
        return samples.stream().filter(sample -> sample.name().matches(meter + parts));
    }
}
