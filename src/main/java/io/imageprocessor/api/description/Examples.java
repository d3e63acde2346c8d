package io.imageprocessor.api.description;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.swagger.v3.core.util.Json31;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.HttpStatus;

/**
 * Adds examples of requests and responses: the files {@code openapi/examples/OPERATION/STATUS[-NAME].EXTENSION} and
 * {@code request[-NAME].json}. A response without another description is described by its example: a JSON error as
 * {@code ErrorBody}.
 */
final class Examples {

    private static final Pattern FILE =
            Pattern.compile("/(?<operation>\\w+)/(?<of>request|\\d{3})(-(?<name>[\\w-]+))?\\.(?<type>\\w+)$");

    private static final Map<String, String> MEDIA_TYPES = Map.of(
            "json", "application/json",
            "csv", "text/csv",
            "ndjson", "application/x-ndjson",
            "txt", "text/event-stream");

    private Examples() {}

    /**
     * Adds every example to its operation.
     *
     * @param operations operations by id
     * @throws IllegalStateException if a file belongs to no operation
     */
    static void addTo(Map<String, ObjectNode> operations) {
        try {
            Resource[] files =
                    new PathMatchingResourcePatternResolver().getResources("classpath:openapi/examples/*/*.*");
            for (Resource file : Arrays.stream(files)
                    .sorted(Comparator.comparing(Examples::path))
                    .toList()) {
                add(file, operations);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void add(Resource file, Map<String, ObjectNode> operations) throws IOException {
        Matcher parts = FILE.matcher(path(file));
        if (!parts.find() || !operations.containsKey(parts.group("operation"))) {
            throw new IllegalStateException("example of an unknown operation: " + file);
        }
        ObjectNode operation = operations.get(parts.group("operation"));
        String of = parts.group("of");
        String mediaType =
                Objects.requireNonNull(MEDIA_TYPES.get(parts.group("type")), () -> "no media type for " + file);
        ObjectNode message = of.equals("request")
                ? operation.withObjectProperty("requestBody")
                : response(operation.withObjectProperty("responses"), of);
        ObjectNode content = message.withObjectProperty("content").withObjectProperty(mediaType);
        if (!content.has("schema")) {
            content.set("schema", schema(of, mediaType));
        }
        String name = Objects.requireNonNullElse(parts.group("name"), "example");
        content.withObjectProperty("examples").putObject(name).set("value", value(file, mediaType));
    }

    private static ObjectNode response(ObjectNode responses, String status) {
        ObjectNode response = responses.withObjectProperty(status);
        if (!response.has("description")) {
            response.put(
                    "description", HttpStatus.valueOf(Integer.parseInt(status)).getReasonPhrase());
        }
        return response;
    }

    private static ObjectNode schema(String of, String mediaType) {
        boolean error = List.of('4', '5').contains(of.charAt(0));
        ObjectNode schema = Json31.mapper().createObjectNode();
        return error && mediaType.equals("application/json")
                ? schema.put("$ref", "#/components/schemas/ErrorBody")
                : schema.put("type", "string");
    }

    private static JsonNode value(Resource file, String mediaType) throws IOException {
        String text = file.getContentAsString(StandardCharsets.UTF_8);
        return mediaType.equals("application/json") ? Json31.mapper().readTree(text) : TextNode.valueOf(text);
    }

    private static String path(Resource file) {
        try {
            return file.getURL().getPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
