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
 * Checks the settings tables of docs/configuration.md and README.md against the program: all settings of this service
 * with their defaults.
 */
class SettingsTableTest {

    private static final Pattern NAME = Pattern.compile("`([\\w.-]+)`");

    private static final Path CONFIGURATION = Path.of("docs/configuration.md");
    private static final Path README = Path.of("README.md");

    /** Texts in the table for a setting without a default. */
    private static final Set<String> NO_DEFAULT = Set.of("none", "all", "that of the service");

    @Test
    void tableHasAllOwnSettingsWithTheirDefaults() throws IOException {
        assertThat(own(documented(CONFIGURATION))).isEqualTo(own(defaults()));
    }

    @Test
    void otherSettingsExistAndHaveTheDefaultsOfApplicationYaml() throws IOException {
        Map<String, String> shipped = shipped();
        Map<String, String> documented = documented(CONFIGURATION);

        Set<String> existing = defaults().keySet();
        assertThat(documented.keySet())
                .filteredOn(name -> !existing.contains(name))
                .isEmpty();
        assertThat(documented).allSatisfy((name, value) -> {
            if (!isOwn(name)) {
                assertThat(value).as(name).isEqualTo(shipped.getOrDefault(name, ""));
            }
        });
    }

    @Test
    void readmeHasTheSameDefaults() throws IOException {
        assertThat(documented(README)).isNotEmpty();
        assertThat(documented(CONFIGURATION)).containsAllEntriesOf(documented(README));
    }

    /** Sorted, so that a difference is easy to see. */
    private static Map<String, String> own(Map<String, String> settings) {
        Map<String, String> own = new TreeMap<>(settings);
        own.keySet().removeIf(name -> !isOwn(name));
        return own;
    }

    private static boolean isOwn(String name) {
        return name.startsWith("imageprocessor.");
    }

    /** Returns the defaults in the section "Settings" by setting name; empty for a setting without a default. */
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

    /** A row has one default for each of its settings, or one default for all of them. */
    private static void addRow(List<String> names, String cell, Map<String, String> defaults) {
        String[] values = cell.replace("`", "").split(", ", -1);
        for (int i = 0; i < names.size(); i++) {
            String value = values[values.length == 1 ? 0 : i];
            assertThat(defaults.put(names.get(i), NO_DEFAULT.contains(value) ? "" : value))
                    .as("another row of " + names.get(i))
                    .isNull();
        }
    }

    /** A name that begins with a dot continues the prefix of the first name. */
    private static List<String> names(String cell) {
        List<String> names = new ArrayList<>();
        for (MatchResult match : NAME.matcher(cell).results().toList()) {
            String name = match.group(1);
            String first = names.isEmpty() ? name : names.getFirst();
            names.add(name.startsWith(".") ? first.substring(0, first.lastIndexOf('.')) + name : name);
        }
        return names;
    }

    /** Returns the defaults of all settings, also of libraries. application.yaml overrides the classes. */
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

    /** Returns the values of application.yaml, with placeholders. */
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
