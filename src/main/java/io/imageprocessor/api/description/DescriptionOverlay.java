package io.imageprocessor.api.description;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.springframework.core.io.ClassPathResource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Adds what the controllers do not contain: {@code openapi/api.yaml}, a patch of the description. */
final class DescriptionOverlay {

    private DescriptionOverlay() {}

    /**
     * Applies the patch to the description.
     *
     * @param operations all operations of the description
     * @throws IllegalStateException if the patch describes an unknown operation
     */
    static void addTo(ObjectNode description, List<ObjectNode> operations) {
        ObjectNode patch = read();
        requireCalls(patch.withObjectProperty("paths"), description.withObjectProperty("paths"));
        operations.forEach(DescriptionOverlay::nameParameters);
        MergePatch.apply(description, patch);
        operations.forEach(DescriptionOverlay::listParameters);
    }

    private static ObjectNode read() {
        // Jackson's YAML reader takes an alias for a text, and its OpenAPI mapper drops nulls.
        try (InputStream file = new ClassPathResource("openapi/api.yaml").getInputStream()) {
            Map<String, Object> patch = new Yaml(new SafeConstructor(options())).load(file);
            return new ObjectMapper().valueToTree(patch);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static LoaderOptions options() {
        LoaderOptions options = new LoaderOptions();
        // The limit protects against untrusted files; this one is part of the service.
        options.setMaxAliasesForCollections(Integer.MAX_VALUE);
        return options;
    }

    private static void requireCalls(ObjectNode patched, ObjectNode paths) {
        patched.properties()
                .forEach(path -> path.getValue().fieldNames().forEachRemaining(method -> {
                    if (!paths.path(path.getKey()).has(method)) {
                        throw new IllegalStateException(
                                "api.yaml describes an unknown operation: %s %s".formatted(method, path.getKey()));
                    }
                }));
    }

    /**
     * Turns the list of parameters into an object by name, as in api.yaml, because a list cannot be patched in parts.
     */
    private static void nameParameters(ObjectNode operation) {
        JsonNode list = operation.remove("parameters");
        if (list != null) {
            ObjectNode named = operation.putObject("parameters");
            list.forEach(parameter -> named.set(parameter.get("name").asText(), parameter));
        }
    }

    private static void listParameters(ObjectNode operation) {
        JsonNode named = operation.remove("parameters");
        if (named != null) {
            ArrayNode list = operation.putArray("parameters");
            named.properties()
                    .forEach(parameter ->
                            list.addObject().put("name", parameter.getKey()).setAll((ObjectNode) parameter.getValue()));
        }
    }
}
