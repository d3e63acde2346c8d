package io.imageprocessor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Limits lines of Java and Markdown to 120 characters. Spotless does not break string literals and Markdown. */
class LineLengthTest {

    private static final int MAX_LENGTH = 120;

    /** A URL and a class name in an import cannot be broken. */
    @Test
    void javaHasNoLongLines() {
        List<Path> files = files(".java", Path.of("src"), Path.of("bench"));

        assertThat(files).hasSizeGreaterThan(100);
        assertThat(files.stream().flatMap(file -> longLines(file, lines(file))))
                .as("lines over %d characters", MAX_LENGTH)
                .isEmpty();
    }

    /** Tables, code blocks and URLs cannot be broken. */
    @Test
    void markdownHasNoLongLines() {
        List<Path> files = files(".md", Path.of("docs"), Path.of("bench"), Path.of("deploy"), Path.of("src"));
        files.add(Path.of("README.md"));
        files.add(Path.of("CONTRIBUTING.md"));

        assertThat(files).hasSizeGreaterThan(10);
        assertThat(files.stream().flatMap(file -> longLines(file, withoutCodeBlocks(lines(file)))))
                .as("lines over %d characters", MAX_LENGTH)
                .isEmpty();
    }

    @Test
    void findsLongLinesOutsideTablesCodeAndUrls() {
        String words = "word ".repeat(24);
        List<String> lines = List.of(
                words,
                words + "w",
                "| " + words + "|",
                words + "https://example.org",
                "import " + "a.".repeat(60) + "A;",
                "```",
                words + "code",
                "```",
                words + "\uD83D\uDE00",
                words + "\uD83D\uDE00w");

        assertThat(longLines(Path.of("a.md"), withoutCodeBlocks(lines)))
                .containsExactly("a.md:2: 121", "a.md:9: 121", "a.md:10: 122");
    }

    /** Returns file, number and length of each long line. */
    private static Stream<String> longLines(Path file, List<String> lines) {
        List<String> found = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            int length = line.codePointCount(0, line.length());
            if (length > MAX_LENGTH && !isUnbreakable(line)) {
                found.add("%s:%d: %d".formatted(file, i + 1, length));
            }
        }
        return found.stream();
    }

    private static boolean isUnbreakable(String line) {
        return line.contains("://") || line.startsWith("| ") || line.startsWith("import ");
    }

    /** Replaces lines of fenced code blocks by empty lines, so that line numbers stay the same. */
    private static List<String> withoutCodeBlocks(List<String> lines) {
        List<String> kept = new ArrayList<>();
        boolean code = false;
        for (String line : lines) {
            boolean fence = line.strip().startsWith("```");
            code ^= fence;
            kept.add(code || fence ? "" : line);
        }
        return kept;
    }

    private static List<Path> files(String suffix, Path... folders) {
        List<Path> found = new ArrayList<>();
        for (Path folder : folders) {
            try (Stream<Path> files = Files.walk(folder)) {
                files.filter(file -> file.toString().endsWith(suffix)).sorted().forEach(found::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return found;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
