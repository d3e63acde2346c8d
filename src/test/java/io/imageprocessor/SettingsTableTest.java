package io.imageprocessor;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Checks the settings tables of docs/configuration.md and README.md against the program: all settings of ours, with
 * their defaults.
 */
class SettingsTableTest {

    private static final Pattern NAME = Pattern.compile("`([\\w.-]+)`");

    private static final Path CONFIGURATION = Path.of("docs/configuration.md");
    private static final Path README = Path.of("README.md");

    /** What the table has for a setting without a default. */
    private static final Set<String> NO_DEFAULT = Set.of("none", "all", "that of the service");

    @Test
    void hasAllSettingsOfOursWithTheirDefaults() throws IOException {
        assertThat(ours(documented(CONFIGURATION))).isEqualTo(ours(defaults()));
    }

    @Test
    void hasNoOthersThanExistWithTheDefaultsThatTheyAreGivenHere() throws IOException {
        Map<String, String> shipped = shipped();
        Map<String, String> documented = documented(CONFIGURATION);

        Set<String> existing = defaults().keySet();
        assertThat(documented.keySet())
                .filteredOn(name -> !existing.contains(name))
                .isEmpty();
        assertThat(documented).allSatisfy((name, value) -> {
            if (!isOurs(name)) {
                assertThat(value).as(name).isEqualTo(shipped.getOrDefault(name, ""));
            }
        });
    }

    @Test
    void readmeHasTheSameDefaultsForSomeOfThem() throws IOException {
        assertThat(documented(README)).isNotEmpty();
        assertThat(documented(CONFIGURATION)).containsAllEntriesOf(documented(README));
    }

    /** Sorted, so that a difference is easily seen. */
    private static Map<String, String> ours(Map<String, String> settings) {
        Map<String, String> ours = new TreeMap<>(settings);
        ours.keySet().removeIf(name -> !isOurs(name));
        return ours;
    }

    private static boolean isOurs(String name) {
        return name.startsWith("imageprocessor.");
    }

    /**
     * Returns the defaults of the section "Settings" by the names of their settings; empty for those without a default.
     */
    private static Map<String, String> documented(Path file) throws IOException {
        String text = Files.readString(file);
        String section = text.substring(text.indexOf("\n## Settings\n"));
        Map<String, String> defaults = new HashMap<>();
        section.substring(0, section.indexOf("\n## ", 1))
                .lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split("\\|", -1))
                .forEach(cells -> addRow(names(cells[1]), cells[2].strip(), defaults));
        return defaults;
    }

    /** A row has a default for each of its settings, or one that is that of all. */
    private static void addRow(List<String> names, String cell, Map<String, String> defaults) {
        String[] values = cell.replace("`", "").split(", ", -1);
        for (int i = 0; i < names.size(); i++) {
            String value = values[values.length == 1 ? 0 : i];
            assertThat(defaults.put(names.get(i), NO_DEFAULT.contains(value) ? "" : value))
                    .as("another row of " + names.get(i))
                    .isNull();
        }
    }

    /** A name that begins with a dot is a neighbour of the first one. */
    private static List<String> names(String cell) {
        List<String> names = new ArrayList<>();
        for (MatchResult match : NAME.matcher(cell).results().toList()) {
            String name = match.group(1);
            String first = names.isEmpty() ? name : names.getFirst();
            names.add(name.startsWith(".") ? first.substring(0, first.lastIndexOf('.')) + name : name);
        }
        return names;
    }

    /**
     * All settings that there are, the libraries' too. What application.yaml says comes before what the classes say.
     */
    private static Map<String, String> defaults() throws IOException {
        Map<String, String> defaults = new HashMap<>();
        for (URL resource : Collections.list(
                SettingsTableTest.class.getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
            try (InputStream in = resource.openStream()) {
                for (JsonNode setting : JsonMapper.shared().readTree(in).get("properties")) {
                    defaults.put(
                            setting.get("name").asString(),
                            setting.path("defaultValue").asString(""));
                }
            }
        }
        defaults.putAll(shipped());
        return defaults;
    }

    /** What application.yaml says, with its placeholders. */
    private static Map<String, String> shipped() throws IOException {
        List<PropertySource<?>> documents =
                new YamlPropertySourceLoader().load("application", new ClassPathResource("application.yaml"));
        return documents.stream()
                .flatMap(document -> document instanceof EnumerablePropertySource<?> source
                        ? Stream.of(source.getPropertyNames())
                                .map(name -> Map.entry(name, "" + source.getProperty(name)))
                        : Stream.empty())
                .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
