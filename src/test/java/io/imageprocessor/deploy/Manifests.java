package io.imageprocessor.deploy;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the files of {@code deploy/k8s} as strictly as an API server: an unknown field, a repeated field, or a value of
 * another type is an error.
 */
final class Manifests {

    static final Path FOLDER = Path.of("deploy/k8s");

    /** The key is {@code apiVersion} and {@code kind}. */
    private static final Map<String, Class<?>> KINDS = Map.of(
            "v1 Namespace", Namespace.class,
            "v1 Service", Service.class,
            "apps/v1 Deployment", Deployment.class,
            "autoscaling/v2 HorizontalPodAutoscaler", HorizontalPodAutoscaler.class,
            "networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class,
            "policy/v1 PodDisruptionBudget", PodDisruptionBudget.class,
            "monitoring.coreos.com/v1 ServiceMonitor", ServiceMonitor.class,
            "kustomize.config.k8s.io/v1beta1 Kustomization", Kustomization.class,
            "kustomize.config.k8s.io/v1alpha1 Component", Kustomization.class);

    private static final ObjectMapper STRICT = JsonMapper.builder()
            .annotationIntrospector(new UnknownFieldsRejected())
            .enable(
                    DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.FAIL_ON_IGNORED_PROPERTIES)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    texts -> texts.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .build();

    private Manifests() {}

    /** The fields of {@code kustomization.yaml} that are in use; an absent list is empty. */
    record Kustomization(
            String apiVersion,
            String kind,
            @Nullable String namespace,
            @JsonSetter(nulls = Nulls.AS_EMPTY) List<String> resources,
            @JsonSetter(nulls = Nulls.AS_EMPTY) List<String> components,
            @JsonSetter(nulls = Nulls.AS_EMPTY) List<Patch> patches,
            @JsonSetter(nulls = Nulls.AS_EMPTY) List<Generator> configMapGenerator) {

        record Patch(String path) {}

        record Generator(String name, List<String> files, Map<String, Boolean> options) {}
    }

    /**
     * Turns off the map in which the models keep unknown fields for newer clusters. In these files an unknown field is
     * a typing error.
     */
    private static final class UnknownFieldsRejected extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1L;

        @Override
        public Boolean hasAnySetter(Annotated member) {
            return false;
        }
    }

    /** Returns all files of the folder. */
    static List<Path> all() {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads the file at this path below the folder. */
    static <T> T read(String path, Class<T> kind) {
        return kind.cast(parse(text(FOLDER.resolve(path))));
    }

    /**
     * Parses one manifest.
     *
     * @throws RuntimeException if an API server would reject its form, or its kind is not in use
     */
    static Object parse(String yaml) {
        Map<String, Object> fields = YamlFiles.fields(yaml);
        Class<?> kind = KINDS.get(fields.get("apiVersion") + " " + fields.get("kind"));
        if (kind == null) {
            throw new IllegalArgumentException("not in use: " + fields.get("apiVersion") + " " + fields.get("kind"));
        }
        return STRICT.convertValue(fields, kind);
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
