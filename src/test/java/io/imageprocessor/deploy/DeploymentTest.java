package io.imageprocessor.deploy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.imageprocessor.deploy.Manifests.Kustomization;
import io.imageprocessor.image.DownloadSettings;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Checks the pod of the service against the program and its image. */
class DeploymentTest {

    /** Time besides the drain: for the end of the JVM, and for a busy node. */
    private static final Duration MARGIN = Duration.ofSeconds(10);

    private final PodSpec pod = Manifests.read("base/deployment.yaml", Deployment.class)
            .getSpec()
            .getTemplate()
            .getSpec();
    private final Container container = pod.getContainers().getFirst();

    /** Three phases, one after the other: scheduled tasks, images in flight, open requests. */
    @Test
    void gracePeriodIsLongEnoughForTheDrain() {
        Duration preStop = Duration.ofSeconds(
                container.getLifecycle().getPreStop().getSleep().getSeconds());
        Duration phase = DurationStyle.detectAndParse(setting("spring", "lifecycle", "timeout-per-shutdown-phase"));

        assertThat(preStop).isPositive();
        assertThat(Duration.ofSeconds(pod.getTerminationGracePeriodSeconds()))
                .isGreaterThanOrEqualTo(preStop.plus(phase.multipliedBy(3)).plus(MARGIN));
    }

    @Test
    void probesUseThePortAndPathsOfTheService() {
        ContainerPort port = container.getPorts().getFirst();

        assertThat(setting("server", "port")).isEqualTo("${PORT:" + port.getContainerPort() + "}");
        assertThat(probes()).allSatisfy((path, probe) -> {
            assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo(port.getName());
            assertThat(probe.getTimeoutSeconds()).isLessThanOrEqualTo(probe.getPeriodSeconds());
        });
        assertThat(container.getLivenessProbe().getHttpGet().getPath()).isEqualTo("/actuator/health/liveness");
        assertThat(container.getStartupProbe().getHttpGet().getPath()).isEqualTo("/actuator/health/liveness");
        assertThat(container.getReadinessProbe().getHttpGet().getPath()).isEqualTo("/actuator/health/readiness");
    }

    /** Two replicas that started at once on two busy cores took 43 s. */
    @Test
    void startupProbeAllowsASlowStart() {
        Probe startup = container.getStartupProbe();

        assertThat(startup.getPeriodSeconds() * startup.getFailureThreshold()).isGreaterThanOrEqualTo(90);
    }

    @Test
    void meetsTheRestrictedPodSecurityStandard() {
        assertThat(pod.getHostNetwork()).isNull();
        assertThat(pod.getHostPID()).isNull();
        assertThat(pod.getHostIPC()).isNull();
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        assertThat(pod.getVolumes())
                .allSatisfy(volume -> assertThat(volume.getHostPath()).isNull());
        assertThat(pod.getInitContainers()).isEmpty();
        assertThat(pod.getContainers()).allSatisfy(each -> {
            SecurityContext security = each.getSecurityContext();
            assertThat(security.getAllowPrivilegeEscalation()).isFalse();
            assertThat(security.getCapabilities().getDrop()).containsExactly("ALL");
            assertThat(security.getCapabilities().getAdd()).isEmpty();
            assertThat(security.getPrivileged()).isNull();
            assertThat(security.getRunAsNonRoot()).isNull();
            assertThat(security.getSeccompProfile()).isNull();
            assertThat(each.getPorts())
                    .allSatisfy(port -> assertThat(port.getHostPort()).isNull());
        });
        assertThat(Manifests.read("base/namespace.yaml", Namespace.class)
                        .getMetadata()
                        .getLabels())
                .containsEntry("pod-security.kubernetes.io/enforce", "restricted");
    }

    @Test
    void hasNoUnneededPermissions() {
        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getVolumeMounts())
                .filteredOn(mount -> !Boolean.TRUE.equals(mount.getReadOnly()))
                .extracting(VolumeMount::getMountPath)
                .containsExactly("/tmp");
        assertThat(pod.getAutomountServiceAccountToken()).isFalse();
        assertThat(pod.getEnableServiceLinks()).isFalse();
    }

    @Test
    void runsAsTheUserOfTheImage() {
        assertThat(Manifests.text(Path.of("Dockerfile")))
                .containsPattern("(?m)^USER "
                        + pod.getSecurityContext().getRunAsUser() + ":"
                        + pod.getSecurityContext().getRunAsGroup() + "$");
    }

    /** Below two processors or 1792 MiB the JVM selects the serial collector instead of G1. */
    @Test
    void hasTheResourcesForG1() {
        ResourceRequirements resources = container.getResources();

        assertThat(cpu(resources.getLimits())).isGreaterThanOrEqualTo(BigDecimal.TWO);
        assertThat(cpu(resources.getRequests())).isLessThanOrEqualTo(cpu(resources.getLimits()));
        assertThat(bytes(resources.getLimits())).isGreaterThanOrEqualTo(BigDecimal.valueOf(1792L << 20));
        assertThat(bytes(resources.getRequests())).isEqualTo(bytes(resources.getLimits()));
    }

    @Test
    void readsTheStoreMasterFromTheConfigMapsFolder() {
        VolumeMount mount = container.getVolumeMounts().stream()
                .filter(each -> each.getName().equals("store-master"))
                .findFirst()
                .orElseThrow();
        Kustomization.Generator generator = Manifests.read("base/kustomization.yaml", Kustomization.class)
                .configMapGenerator()
                .getFirst();

        assertThat(environment(container).get("STORE_MASTER_PATH"))
                .isEqualTo(mount.getMountPath() + "/"
                        + generator.files().getFirst().split("=", 2)[0]);
        assertThat(mount.getSubPath()).isNull();
        assertThat(pod.getVolumes())
                .filteredOn(volume -> volume.getName().equals(mount.getName()))
                .singleElement()
                .satisfies(volume -> assertThat(volume.getConfigMap().getName()).isEqualTo(generator.name()));
        assertThat(setting("imageprocessor", "store-master")).isEqualTo("${STORE_MASTER_PATH:store_master.csv}");
    }

    @Test
    void variablesMatchSettingsOfTheService() {
        Map<String, Object> variables = new HashMap<>(environment(container));
        variables.putAll(environment(Manifests.read("overlays/postgres/deployment.yaml", Deployment.class)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst()));
        Binder settings = new Binder(ConfigurationPropertySources.from(new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables)));

        assertThat(settings.bind("imageprocessor.download", DownloadSettings.class)
                        .get()
                        .allowedPorts())
                .containsExactlyInAnyOrder(80, 443);
        assertThat(settings.bind("imageprocessor.storage", String.class).get()).isEqualTo("postgres");
        assertThat(settings.bind("spring.datasource.url", String.class).get())
                .isEqualTo("url of image-processor-database");
        assertThat(settings.bind("spring.datasource.username", String.class).get())
                .isEqualTo("username of image-processor-database");
        assertThat(settings.bind("spring.datasource.password", String.class).get())
                .isEqualTo("password of image-processor-database");
    }

    private Map<String, Probe> probes() {
        return Map.of(
                "startup", container.getStartupProbe(),
                "liveness", container.getLivenessProbe(),
                "readiness", container.getReadinessProbe());
    }

    /** Returns the variables with their values; a value from a Secret as {@code key of Secret}. */
    private static Map<String, String> environment(Container container) {
        return container.getEnv().stream()
                .collect(Collectors.toMap(
                        EnvVar::getName,
                        variable -> Optional.ofNullable(variable.getValue())
                                .orElseGet(() -> variable.getValueFrom()
                                                .getSecretKeyRef()
                                                .getKey() + " of "
                                        + variable.getValueFrom()
                                                .getSecretKeyRef()
                                                .getName())));
    }

    private static BigDecimal cpu(Map<String, Quantity> resources) {
        return requireNonNull(resources.get("cpu")).getNumericalAmount();
    }

    private static BigDecimal bytes(Map<String, Quantity> resources) {
        return Quantity.getAmountInBytes(resources.get("memory"));
    }

    /** Returns a value of application.yaml. */
    private static String setting(String... path) {
        Object value = YamlFiles.fields(Manifests.text(Path.of("src/main/resources/application.yaml")));
        for (String key : List.of(path)) {
            value = requireNonNull(((Map<?, ?>) value).get(key), key);
        }
        return String.valueOf(value);
    }
}
