package io.imageprocessor.api.description;

import static java.util.function.Function.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.imageprocessor.api.ApiSettings;
import io.imageprocessor.api.ApiSettings.JobIdType;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.OpenAPI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import lombok.RequiredArgsConstructor;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.stereotype.Component;

/**
 * Completes the description that springdoc reads from the controllers. It applies the {@link DescriptionOverlay}, adds
 * the {@link Examples}, and sorts everything, so that the order is the same after every start. Runs at the first
 * request for the description.
 */
@Component
@RequiredArgsConstructor
class Description implements OpenApiCustomizer {

    private final ApiSettings settings;

    @Override
    public void customise(OpenAPI openApi) {
        ObjectNode description = Json31.mapper().valueToTree(openApi);
        ObjectNode paths = description.withObjectProperty("paths");
        // Paths with a trailing slash are accepted, as api.yaml states, but not described again.
        paths.remove(paths.propertyStream()
                .map(Map.Entry::getKey)
                .filter(path -> path.endsWith("/"))
                .toList());
        List<ObjectNode> operations = operations(paths);
        DescriptionOverlay.addTo(description, operations);
        Examples.addTo(operations.stream()
                .collect(Collectors.toMap(
                        operation -> operation.get("operationId").asText(), identity())));
        ObjectNode schemas = description.withObject("/components/schemas");
        if (settings.jobIdType() == JobIdType.STRING) {
            schemas.putObject("JobId").put("type", "string").put("pattern", "^[1-9][0-9]{0,15}$");
        }
        operations.forEach(operation -> sort(operation.withObjectProperty("responses")));
        sort(paths);
        sort(schemas);
        replace(openApi, Json31.mapper().convertValue(description, OpenAPI.class));
    }

    private static List<ObjectNode> operations(ObjectNode paths) {
        return paths.valueStream()
                .flatMap(JsonNode::valueStream)
                .map(ObjectNode.class::cast)
                .toList();
    }

    private static void sort(ObjectNode node) {
        Map<String, JsonNode> sorted = new TreeMap<>();
        node.properties().forEach(property -> sorted.put(property.getKey(), property.getValue()));
        node.removeAll();
        node.setAll(sorted);
    }

    private static void replace(OpenAPI openApi, OpenAPI complete) {
        openApi.info(complete.getInfo())
                .servers(complete.getServers())
                .tags(complete.getTags())
                .paths(complete.getPaths())
                .components(complete.getComponents());
    }
}
