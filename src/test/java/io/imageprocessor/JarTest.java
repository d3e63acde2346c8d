package io.imageprocessor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Properties;
import java.util.UUID;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Checks the packaged jar, in {@code ./mvnw verify}. {@code .ci/reproducible} checks that two builds of a commit are
 * identical; this test checks the conditions for it.
 */
class JarTest {

    private static final Path FILE = Path.of("target", "image-processor.jar");
    private static final String LIBRARIES = "BOOT-INF/lib/";
    private static final String COMMIT = "BOOT-INF/classes/git.properties";

    private static JarFile jar;

    @BeforeAll
    static void open() throws IOException {
        assertThat(FILE).as("the jar that ./mvnw package builds").exists();
        jar = new JarFile(FILE.toFile());
    }

    @AfterAll
    static void close() throws IOException {
        jar.close();
    }

    @Test
    void everyEntryHasTheBuildTime() throws IOException {
        LocalDateTime built = OffsetDateTime.parse(
                        properties("META-INF/build-info.properties").getProperty("build.time"))
                .withOffsetSameInstant(ZoneOffset.UTC)
                .toLocalDateTime();

        assertThat(jar.stream())
                .hasSizeGreaterThan(200)
                .allSatisfy(entry -> assertThat(roundedLikeAnEntry(entry.getTimeLocal()))
                        .as(entry.getName())
                        .isEqualTo(roundedLikeAnEntry(built)));
    }

    /** Rounds down to two seconds, the precision of most entries. */
    private static LocalDateTime roundedLikeAnEntry(LocalDateTime time) {
        return time.minusSeconds(time.getSecond() % 2);
    }

    @Test
    @EnabledIf("isBuiltFromARepository")
    void hasTheCommitButNoAuthorAndNoMachine() throws IOException {
        Properties commit = properties(COMMIT);

        assertThat(commit).containsOnlyKeys("git.commit.id", "git.commit.time", "git.dirty");
        assertThat(commit.getProperty("git.commit.id")).matches("[0-9a-f]{40}");
        assertThat(commit.getProperty("git.commit.time"))
                .isEqualTo(properties("META-INF/build-info.properties").getProperty("build.time"));
    }

    static boolean isBuiltFromARepository() {
        return Files.exists(Path.of(".git", "HEAD"));
    }

    @Test
    void bomListsTheLibrariesInTheJar() throws IOException {
        Stream<String> required = bom().path("components")
                .valueStream()
                .filter(part -> part.path("scope").stringValue().equals("required"))
                .map(part -> part.path("name").stringValue() + "-"
                        + part.path("version").stringValue() + ".jar");
        Stream<String> libraries = jar.stream()
                .map(ZipEntry::getName)
                .filter(name -> name.startsWith(LIBRARIES) && name.endsWith(".jar"))
                .map(name -> name.substring(LIBRARIES.length()));

        // The jar has no starters, because they have no classes. Spring Boot adds its tools that extract the jar.
        assertThat(required.filter(name -> !name.startsWith("spring-boot-starter")))
                .containsExactlyInAnyOrderElementsOf(libraries
                        .filter(name -> !name.startsWith("spring-boot-jarmode-tools"))
                        .toList());
    }

    @Test
    void bomDoesNotChangeWithEachBuild() throws IOException {
        JsonNode bom = bom();

        assertThat(bom.path("metadata").has("timestamp")).isFalse();
        // Version 3 is computed from a name; version 4 would be random.
        assertThat(UUID.fromString(bom.path("serialNumber").stringValue().replace("urn:uuid:", ""))
                        .version())
                .isEqualTo(3);
    }

    private static JsonNode bom() throws IOException {
        return JsonMapper.shared().readTree(text("META-INF/sbom/application.cdx.json"));
    }

    private static Properties properties(String name) throws IOException {
        Properties properties = new Properties();
        try (InputStream in = jar.getInputStream(jar.getEntry(name))) {
            properties.load(in);
        }
        return properties;
    }

    private static String text(String name) throws IOException {
        try (InputStream in = jar.getInputStream(jar.getEntry(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
