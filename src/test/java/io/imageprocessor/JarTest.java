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
 * What is delivered; it runs once the jar is packaged, in {@code ./mvnw verify}. That two builds of a commit are the
 * same to the byte shows {@code .ci/reproducible}; here is what it rests on.
 */
@OwnProcess
class JarTest {

    private static final Path FILE = Path.of("target", "image-processor.jar");
    private static final String LIBRARIES = "BOOT-INF/lib/";
    private static final String COMMIT = "BOOT-INF/classes/git.properties";

    private static JarFile jar;

    @BeforeAll
    static void open() throws IOException {
        assertThat(FILE).as("made by ./mvnw package").exists();
        jar = new JarFile(FILE.toFile());
    }

    @AfterAll
    static void close() throws IOException {
        jar.close();
    }

    @Test
    void everyEntryIsOfTheTimeThatTheBuildIsSaidToBeOf() throws IOException {
        LocalDateTime built = OffsetDateTime.parse(
                        properties("META-INF/build-info.properties").getProperty("build.time"))
                .withOffsetSameInstant(ZoneOffset.UTC)
                .toLocalDateTime();

        assertThat(jar.stream())
                .hasSizeGreaterThan(200)
                .allSatisfy(entry -> assertThat(inStepsOfAnEntry(entry.getTimeLocal()))
                        .as(entry.getName())
                        .isEqualTo(inStepsOfAnEntry(built)));
    }

    /** Of two seconds, but for entries that have an exact time as well. */
    private static LocalDateTime inStepsOfAnEntry(LocalDateTime time) {
        return time.minusSeconds(time.getSecond() % 2);
    }

    @Test
    @EnabledIf("isBuiltFromARepository")
    void saysOfWhichCommitItIsAndNothingOfWhoBuiltItWhereAndWhen() throws IOException {
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
    void thePartsListHasTheLibrariesThatAreInTheJar() throws IOException {
        Stream<String> required = partsList()
                .path("components")
                .valueStream()
                .filter(part -> part.path("scope").stringValue().equals("required"))
                .map(part -> part.path("name").stringValue() + "-"
                        + part.path("version").stringValue() + ".jar");
        Stream<String> libraries = jar.stream()
                .map(ZipEntry::getName)
                .filter(name -> name.startsWith(LIBRARIES) && name.endsWith(".jar"))
                .map(name -> name.substring(LIBRARIES.length()));

        // A starter has no classes, so it is left out of the jar; the tools that take the jar apart are Spring Boot's,
        // and put in by it.
        assertThat(required.filter(name -> !name.startsWith("spring-boot-starter")))
                .containsExactlyInAnyOrderElementsOf(libraries
                        .filter(name -> !name.startsWith("spring-boot-jarmode-tools"))
                        .toList());
    }

    @Test
    void thePartsListSaysNothingThatIsNewWithEachBuild() throws IOException {
        JsonNode list = partsList();

        assertThat(list.path("metadata").has("timestamp")).isFalse();
        // Version 4 would be one drawn at random, 3 is computed from a name.
        assertThat(UUID.fromString(list.path("serialNumber").stringValue().replace("urn:uuid:", ""))
                        .version())
                .isEqualTo(3);
    }

    private static JsonNode partsList() throws IOException {
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
