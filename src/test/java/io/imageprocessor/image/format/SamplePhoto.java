package io.imageprocessor.image.format;

import io.imageprocessor.image.ImageDimensions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A file of the corpus in {@code photos}, and its expected format and dimensions from other programs.
 *
 * @param path relative to the corpus
 * @param format in lower case, as in results
 * @param width in pixels; 0 if the file cannot be measured
 * @param height in pixels; 0 if the file cannot be measured
 * @param note what is special about the file, or why it cannot be measured
 */
record SamplePhoto(String path, String format, int width, int height, String note) {

    private static final Path CORPUS = corpus();

    private static Path corpus() {
        try {
            return Path.of(Objects.requireNonNull(SamplePhoto.class.getResource("/photos"))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static Stream<SamplePhoto> all() {
        List<String> lines;
        try {
            lines = Files.readAllLines(CORPUS.resolve("manifest.csv"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines.stream().skip(1).map(SamplePhoto::of);
    }

    /** Returns the files that can be measured. */
    static Stream<SamplePhoto> measured() {
        return all().filter(photo -> photo.width > 0);
    }

    /** Returns the files that cannot be measured. */
    static Stream<SamplePhoto> unmeasurable() {
        return all().filter(photo -> photo.width == 0);
    }

    static SamplePhoto at(String path) {
        return all().filter(photo -> photo.path.equals(path)).findAny().orElseThrow();
    }

    private static SamplePhoto of(String line) {
        List<String> fields = List.of(line.split(",", 5));
        return new SamplePhoto(
                fields.get(0), fields.get(1), number(fields.get(2)), number(fields.get(3)), fields.get(4));
    }

    private static int number(String field) {
        return field.isEmpty() ? 0 : Integer.parseInt(field);
    }

    byte[] bytes() {
        try {
            return Files.readAllBytes(CORPUS.resolve(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ImageDimensions dimensions() {
        return new ImageDimensions(width, height, format);
    }

    @Override
    public String toString() {
        return path + (note.isEmpty() ? "" : " (" + note + ")");
    }
}
