package io.imageprocessor.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/** Checks that the Grafana of Compose finds its provisioning files, and can read them. */
class ProvisioningTest {

    private static final String DASHBOARDS = "deploy/grafana/provisioning/dashboards/image-processor.yaml";
    private static final String DATA_SOURCES = "deploy/grafana/provisioning/datasources/prometheus.yaml";

    /** {@code GF_PATHS_PROVISIONING} of Grafana's image. */
    private static final String PROVISIONING_FOLDER = "/etc/grafana/provisioning/";

    // The fields in use, of those that Grafana reads; it ignores an unknown field.
    // Source: pkg/services/provisioning, datasources/types.go (configsV1) and dashboards/types.go (configV1), in
    // Grafana's repository, read at its main branch, for Grafana 12.

    private record DataSources(int apiVersion, List<DataSource> datasources) {}

    private record DataSource(
            String name,
            String uid,
            String type,
            String access,
            URI url,
            boolean isDefault,
            boolean editable,
            Map<String, String> jsonData) {}

    private record Dashboards(int apiVersion, List<Provider> providers) {}

    private record Provider(String name, String type, boolean allowUiUpdates, Options options) {}

    private record Options(Path path) {}

    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

    @Test
    void dataSourceIsThePrometheusOfCompose() {
        DataSources sources = read(DataSources.class, Manifests.text(Path.of(DATA_SOURCES)));

        assertThat(sources.apiVersion()).isEqualTo(1);
        assertThat(sources.datasources()).singleElement().satisfies(source -> {
            assertThat(source.type()).isEqualTo("prometheus");
            assertThat(source.access()).isEqualTo("proxy");
            assertThat(source.isDefault()).isTrue();
            assertThat(compose(source.url().getHost()).path("image").stringValue())
                    .startsWith("prom/prometheus:");
            assertThat(compose(source.url().getHost()).path("ports").valueStream())
                    .extracting(JsonNode::stringValue)
                    .allMatch(port -> port.endsWith(":" + source.url().getPort()));
            assertThat(source.jsonData())
                    .containsEntry(
                            "timeInterval",
                            YamlFiles.tree("deploy/prometheus/prometheus.yml")
                                    .path("global")
                                    .path("scrape_interval")
                                    .stringValue());
        });
    }

    @Test
    void dashboardsAreInTheFolderOfTheProvider() {
        Dashboards dashboards = read(Dashboards.class, Manifests.text(Path.of(DASHBOARDS)));

        assertThat(dashboards.apiVersion()).isEqualTo(1);
        assertThat(dashboards.providers()).singleElement().satisfies(provider -> {
            assertThat(provider.type()).isEqualTo("file");
            assertThat(mounted(provider.options().path()))
                    .isEqualTo(Path.of("deploy/grafana/dashboards"))
                    .isDirectoryContaining("glob:**.json");
        });
    }

    @Test
    void composeMountsBothProvisioningFolders() {
        assertThat(mounted(Path.of(PROVISIONING_FOLDER + "datasources")))
                .isEqualTo(Path.of(DATA_SOURCES).getParent());
        assertThat(mounted(Path.of(PROVISIONING_FOLDER + "dashboards")))
                .isEqualTo(Path.of(DASHBOARDS).getParent());
    }

    @Test
    void homeDashboardIsMounted() {
        String first = compose("grafana")
                .path("environment")
                .path("GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH")
                .stringValue();

        int folder = first.lastIndexOf('/');
        assertThat(mounted(Path.of(first.substring(0, folder))).resolve(first.substring(folder + 1)))
                .isRegularFile();
    }

    @ParameterizedTest
    @CsvSource({"isDefault, default", "jsonData, json_data", "editable: false, editable: \"false\"", "url, address"})
    void rejectsWrongFieldsAndTypes(String right, String wrong) {
        String yaml = Manifests.text(Path.of(DATA_SOURCES));
        assertThat(yaml).contains(right);

        assertThatThrownBy(() -> read(DataSources.class, yaml.replace(right, wrong)))
                .isInstanceOf(RuntimeException.class);
    }

    private static <T> T read(Class<T> type, String yaml) {
        return STRICT.convertValue(YamlFiles.fields(yaml), type);
    }

    private static JsonNode compose(String service) {
        return YamlFiles.tree("docker-compose.yml").path("services").path(service);
    }

    /** Returns the folder of this project that is mounted at that path of Grafana's container. */
    private static Path mounted(Path path) {
        Stream<String[]> mounts = compose("grafana")
                .path("volumes")
                .valueStream()
                .map(volume -> volume.stringValue().split(":"));
        Path folder = mounts.filter(mount -> Path.of(mount[1]).equals(path))
                .map(mount -> Path.of(mount[0]).normalize())
                .findAny()
                .orElseThrow(() -> new AssertionError("nothing is mounted at " + path));
        assertThat(Files.isDirectory(folder)).as(folder.toString()).isTrue();
        return folder;
    }
}
