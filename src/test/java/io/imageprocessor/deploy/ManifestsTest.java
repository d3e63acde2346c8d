package io.imageprocessor.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.imageprocessor.deploy.Manifests.Kustomization;
import io.imageprocessor.deploy.Manifests.Kustomization.Generator;
import io.imageprocessor.deploy.Manifests.Kustomization.Patch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Checks the form of the files in {@code deploy/k8s}. */
class ManifestsTest {

    private static final Path STORE_MASTER = Path.of("store_master.csv");

    static List<Path> files() {
        return Manifests.all();
    }

    static List<Path> kustomizations() {
        return files().stream().filter(ManifestsTest::isKustomization).toList();
    }

    @ParameterizedTest
    @MethodSource("files")
    void filesHaveOnlyFieldsAndTypesOfKubernetes(Path file) {
        assertThatCode(() -> Manifests.parse(Manifests.text(file))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "terminationGracePeriodSeconds, terminationGracePeriodSecond",
        "readOnlyRootFilesystem,        readOnlyRootFileSystem",
        "failureThreshold,              failureTreshold",
        "matchLabelKeys,                matchLabelsKeys",
        "mountPath,                     additionalProperties",
        "containerPort: 8080,           containerPort: \"8080\"",
        "value: /config/,               value: 80 #",
        "runAsNonRoot: true,            runAsNonRoot: \"true\"",
        "fsGroup: 10001,                runAsUser: 10001",
        "apps/v1,                       apps/v1beta1",
    })
    void rejectsWrongFieldsAndTypes(String right, String wrong) {
        String yaml = Manifests.text(Manifests.FOLDER.resolve("base/deployment.yaml"));
        assertThat(yaml).contains(right);

        assertThatThrownBy(() -> Manifests.parse(yaml.replace(right, wrong)))
                .as(wrong)
                .isInstanceOf(RuntimeException.class);
    }

    @ParameterizedTest
    @MethodSource("kustomizations")
    void kustomizationsReferToExistingFiles(Path file) {
        assertThat(referredFiles(file)).allSatisfy(path -> assertThat(path).exists());
    }

    @Test
    void everyFileIsReferredTo() {
        List<Path> referred = kustomizations().stream()
                .flatMap(file -> referredFiles(file).stream())
                .toList();

        assertThat(referred)
                .containsAll(files().stream()
                        .filter(file -> !isKustomization(file))
                        .map(Path::normalize)
                        .toList());
    }

    /** A server-side apply to Kubernetes 1.20 rejects a port without a protocol. */
    @Test
    void everyPortNamesItsProtocol() {
        assertThat(files())
                .allSatisfy(file -> assertThat(ports(file)).allMatch(port -> port.has("protocol")))
                .flatExtracting(ManifestsTest::ports)
                .isNotEmpty();
    }

    @Test
    void configMapOfTheStoreMasterKeepsItsName() throws IOException {
        Generator generator = Manifests.read("base/kustomization.yaml", Kustomization.class)
                .configMapGenerator()
                .getFirst();

        assertThat(generator.options()).containsExactly(Map.entry("disableNameSuffixHash", true));
        assertThat(generated(Manifests.FOLDER.resolve("base"), generator)).containsExactly(STORE_MASTER);
        // The size limit of a ConfigMap.
        assertThat(Files.size(STORE_MASTER)).isLessThan(1 << 20);
    }

    private static boolean isKustomization(Path file) {
        return file.endsWith("kustomization.yaml");
    }

    /** Returns the ports of containers, services and network policies. */
    private static List<JsonNode> ports(Path file) {
        return YamlFiles.tree(file.toString()).findValues("ports").stream()
                .flatMap(JsonNode::valueStream)
                .toList();
    }

    /** Returns the files that a kustomization refers to; for a folder, the kustomization in it. */
    private static List<Path> referredFiles(Path file) {
        Path folder = file.resolveSibling("");
        Kustomization kustomization = (Kustomization) Manifests.parse(Manifests.text(file));
        Stream<Path> resources = Stream.concat(kustomization.resources().stream(), kustomization.components().stream())
                .map(folder::resolve)
                .map(path -> Files.isDirectory(path) ? path.resolve("kustomization.yaml") : path);
        Stream<Path> patches = kustomization.patches().stream().map(Patch::path).map(folder::resolve);
        Stream<Path> generated =
                kustomization.configMapGenerator().stream().flatMap(generator -> generated(folder, generator).stream());
        return Stream.of(resources, patches, generated)
                .flatMap(paths -> paths)
                .map(Path::normalize)
                .toList();
    }

    private static List<Path> generated(Path folder, Generator generator) {
        return generator.files().stream()
                .map(file ->
                        folder.resolve(file.substring(file.indexOf('=') + 1)).normalize())
                .toList();
    }
}
