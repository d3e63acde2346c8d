package io.imageprocessor;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.logging.FatalErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every place that may meet an error of the JVM reports it to {@link FatalErrors} before anything else. */
class CaughtErrorsTest {

    private static final Path SOURCES = Path.of("src", "main", "java");

    /** A {@code catch} of errors, up to the end of its first statement, without comments. */
    private static final Pattern CATCH =
            Pattern.compile("catch \\((?:final )?(?<types>[\\w.| \\n]+?) (?<name>\\w+)\\) \\{\\s*(?<first>[^;}]*[;}])");

    /** A method or lambda expression that receives any failure: listeners, handlers, and stages of futures. */
    private static final Pattern RECEIVER = Pattern.compile(
            "(?:void onError\\(Throwable (?<name>\\w+)\\) \\{|setErrorHandler\\((?<lambda>\\w+) -> \\{)\\s*"
                    + "(?<first>[^;}]*[;}])");

    /** Stages of futures that receive the failure of an earlier stage; {@code _} receives none. */
    private static final Pattern STAGE =
            Pattern.compile("\\.(?:whenComplete|handle)(?:Async)?\\(\\(\\w+, (?!_\\))\\w+\\)|\\.exceptionally\\w*\\(");

    private record Source(Path file, String text) {}

    @Test
    void everyCatchOfAnErrorReportsItFirst() throws IOException {
        List<String> silent = sources()
                .flatMap(source -> CATCH.matcher(source.text())
                        .results()
                        .filter(match -> match.group("types").matches("(?s).*\\b(Error|Throwable)\\b.*"))
                        .filter(match -> !reports(match.group("first"), match.group("name")))
                        .map(match -> source.file() + ": " + match.group()))
                .toList();

        assertThat(silent).isEmpty();
    }

    @Test
    void everyReceiverOfFailuresReportsThemFirst() throws IOException {
        List<String> silent = sources()
                .flatMap(source -> RECEIVER.matcher(source.text())
                        .results()
                        .filter(match -> !reports(
                                match.group("first"),
                                match.group("name") == null ? match.group("lambda") : match.group("name")))
                        .map(match -> source.file() + ": " + match.group()))
                .toList();
        List<String> stages = sources()
                .flatMap(source -> STAGE.matcher(source.text()).results().map(match -> source.file() + match.group()))
                .toList();

        assertThat(silent).isEmpty();
        assertThat(stages).as("stages of futures that could swallow an error").isEmpty();
    }

    @Test
    void scanFindsACatchThatReportsNothing() {
        Matcher catches = CATCH.matcher("} catch (RuntimeException | Error e) { return; }");

        assertThat(catches.find()).isTrue();
        assertThat(reports(catches.group("first"), catches.group("name"))).isFalse();
    }

    private static boolean reports(String first, String name) {
        return first.equals("FatalErrors.haltIfFatal(" + name + ");");
    }

    /** Returns all sources without their comments, but for the class that ends the process. */
    private static Stream<Source> sources() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files
                    .filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.endsWith("FatalErrors.java"))
                    .map(file -> new Source(file, withoutComments(file)))
                    .toList()
                    .stream();
        }
    }

    private static String withoutComments(Path file) {
        try {
            return Files.readString(file).replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("(?m)^\\s*//.*$", "");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
