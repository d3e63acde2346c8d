package io.imageprocessor.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentSpec;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerSpec;
import io.fabric8.kubernetes.api.model.networking.v1.IPBlock;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.Endpoint;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import io.imageprocessor.deploy.Manifests.Kustomization;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The objects around the Deployment: that they find its pods and each other, and say what the service says. */
class ObjectsTest {

    private final Deployment deployment = Manifests.read("base/deployment.yaml", Deployment.class);
    private final PodTemplateSpec pod = deployment.getSpec().getTemplate();
    private final Map<String, String> labels = pod.getMetadata().getLabels();
    private final Service service = Manifests.read("base/service.yaml", Service.class);
    private final NetworkPolicy policy = Manifests.read("base/network-policy.yaml", NetworkPolicy.class);
    private final NetworkPolicy databasePolicy =
            Manifests.read("overlays/postgres/database-network-policy.yaml", NetworkPolicy.class);
    private final PodDisruptionBudget budget =
            Manifests.read("overlays/postgres/disruption-budget.yaml", PodDisruptionBudget.class);
    private final HorizontalPodAutoscalerSpec autoscaler = Manifests.read(
                    "overlays/postgres/autoscaler.yaml", HorizontalPodAutoscaler.class)
            .getSpec();
    private final ServiceMonitor monitor =
            Manifests.read("components/service-monitor/service-monitor.yaml", ServiceMonitor.class);

    @Test
    void everySelectorFindsThePods() {
        assertThat(Stream.of(
                        deployment.getSpec().getSelector().getMatchLabels(),
                        service.getSpec().getSelector(),
                        policy.getSpec().getPodSelector().getMatchLabels(),
                        databasePolicy.getSpec().getPodSelector().getMatchLabels(),
                        budget.getSpec().getSelector().getMatchLabels()))
                .allSatisfy(selector -> assertThat(labels).containsAllEntriesOf(selector))
                .doesNotContain(Map.of());
        assertThat(pod.getSpec().getTopologySpreadConstraints())
                .hasSize(2)
                .allSatisfy(spread -> assertThat(labels)
                        .containsAllEntriesOf(spread.getLabelSelector().getMatchLabels()));
    }

    @Test
    void theMonitorFindsTheServiceAndTheServiceThePort() {
        ServicePort port = service.getSpec().getPorts().getFirst();
        Endpoint endpoint = monitor.getSpec().getEndpoints().getFirst();

        assertThat(service.getMetadata().getLabels())
                .containsAllEntriesOf(monitor.getSpec().getSelector().getMatchLabels());
        assertThat(endpoint.getPort()).isEqualTo(port.getName());
        assertThat(endpoint.getPath()).isEqualTo("/actuator/prometheus");
        assertThat(port.getTargetPort().getStrVal()).isEqualTo(portOfThePod());
        assertThat(policy.getSpec().getIngress())
                .singleElement()
                .satisfies(rule -> assertThat(rule.getPorts())
                        .singleElement()
                        .satisfies(allowed ->
                                assertThat(allowed.getPort().getStrVal()).isEqualTo(portOfThePod())));
    }

    /** Each block that SourceAddressPolicy names: what IPv6 has at all, and what is not public. */
    @Test
    void letsOutToTheAddressesThatTheServiceTakesForPublic() {
        Set<String> ofTheService = Pattern.compile("\"([0-9a-f.:]+/\\d+)\"")
                .matcher(Manifests.text(Path.of("src/main/java/io/imageprocessor/image/http/SourceAddressPolicy.java")))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toSet());
        List<IPBlock> internet =
                internet().getTo().stream().map(NetworkPolicyPeer::getIpBlock).toList();

        assertThat(internet).extracting(IPBlock::getCidr).containsExactly("0.0.0.0/0", "2000::/3");
        assertThat(internet.getFirst().getExcept()).allMatch(block -> block.contains("."));
        assertThat(internet.getLast().getExcept()).allMatch(block -> block.contains(":"));
        assertThat(Stream.concat(Stream.of("2000::/3"), internet.stream().flatMap(block -> block.getExcept().stream())))
                .containsExactlyInAnyOrderElementsOf(ofTheService);
    }

    @Test
    void letsOutToThePortsThatTheServiceTries() {
        String ports = internet().getPorts().stream()
                .map(port -> port.getPort().getIntVal().toString())
                .collect(Collectors.joining(","));

        assertThat(pod.getSpec().getContainers().getFirst().getEnv()).anySatisfy(variable -> {
            assertThat(variable.getName()).isEqualTo("IMAGEPROCESSOR_DOWNLOAD_ALLOWEDPORTS");
            assertThat(variable.getValue()).isEqualTo(ports);
        });
    }

    @Test
    void inMemoryThereIsNeverASecondReplica() {
        DeploymentSpec memory = Manifests.read("overlays/memory/deployment.yaml", Deployment.class)
                .getSpec();

        assertThat(memory.getReplicas()).isEqualTo(1);
        assertThat(memory.getStrategy().getType()).isEqualTo("Recreate");
        assertThat(memory.getTemplate()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"memory, ''", "postgres, autoscaler.yaml disruption-budget.yaml database-network-policy.yaml"})
    void overlaysAddToTheBaseAndNameComponentsThatAreThere(String overlay, String added) {
        Path file = Manifests.FOLDER.resolve("overlays", overlay, "kustomization.yaml");
        Kustomization kustomization = (Kustomization) Manifests.parse(Manifests.text(file));

        assertThat(kustomization.resources())
                .startsWith("../../base")
                .hasSize(added.isEmpty() ? 1 : 4)
                .containsAll(added.isEmpty() ? List.of() : List.of(added.split(" ")));
        // Left out, but what is to be taken in by removing the marks of the comment has to be there.
        assertThat(kustomization.components()).isEmpty();
        List<String> leftOut = Pattern.compile("(?m)^#   - (\\.\\./\\S+)$")
                .matcher(Manifests.text(file))
                .results()
                .map(component -> component.group(1))
                .toList();
        assertThat(leftOut).containsExactly("../../components/service-monitor", "../../components/traces");
        assertThat(leftOut)
                .extracting(component -> file.resolveSibling(component)
                        .resolve("kustomization.yaml")
                        .normalize())
                .extracting(component -> Manifests.parse(Manifests.text(component)))
                .allSatisfy(component -> assertThat(component)
                        .isInstanceOfSatisfying(
                                Kustomization.class, it -> assertThat(it.kind()).isEqualTo("Component")));
    }

    @Test
    void withPostgresTwoReplicasAreAlwaysThere() {
        DeploymentSpec postgres = Manifests.read("overlays/postgres/deployment.yaml", Deployment.class)
                .getSpec();

        assertThat(postgres.getReplicas()).as("which is the autoscaler's").isNull();
        assertThat(postgres.getStrategy().getRollingUpdate().getMaxUnavailable().getIntVal())
                .isZero();
        assertThat(autoscaler.getMinReplicas()).isEqualTo(3);
        assertThat(autoscaler.getMaxReplicas()).isEqualTo(12);
        assertThat(budget.getSpec().getMinAvailable().getIntVal()).isEqualTo(2);
        assertThat(autoscaler.getScaleTargetRef().getKind()).isEqualTo(deployment.getKind());
        assertThat(autoscaler.getScaleTargetRef().getName())
                .isEqualTo(deployment.getMetadata().getName());
    }

    /** A patch of another name would be refused by kustomize; one of another container would add a container. */
    @Test
    void overlaysChangeTheDeploymentOfTheBase() {
        assertThat(Stream.of("memory", "postgres")
                        .map(overlay -> Manifests.read("overlays/" + overlay + "/deployment.yaml", Deployment.class)))
                .allSatisfy(patch -> assertThat(patch.getMetadata().getName())
                        .isEqualTo(deployment.getMetadata().getName()));
        assertThat(Manifests.read("overlays/postgres/deployment.yaml", Deployment.class)
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers())
                .singleElement()
                .satisfies(container -> assertThat(container.getName())
                        .isEqualTo(pod.getSpec().getContainers().getFirst().getName()));
    }

    private NetworkPolicyEgressRule internet() {
        return policy.getSpec().getEgress().getLast();
    }

    private String portOfThePod() {
        return pod.getSpec().getContainers().getFirst().getPorts().getFirst().getName();
    }
}
