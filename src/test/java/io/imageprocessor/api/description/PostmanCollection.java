package io.imageprocessor.api.description;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.http.HttpStatus;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Converts a description to a Postman collection, v2.1: a folder for each tag, a request for each call, and its
 * examples as saved responses.
 *
 * @see <a href="https://schema.postman.com/collection/json/v2.1.0/draft-07/docs/index.html">the format</a>
 */
final class PostmanCollection {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** Line ends and indentation that do not depend on the platform. */
    private static final DefaultPrettyPrinter PRETTY = new DefaultPrettyPrinter(Separators.createDefaultInstance()
                    .withObjectNameValueSpacing(Separators.Spacing.AFTER)
                    .withObjectEmptySeparator("")
                    .withArrayEmptySeparator(""))
            .withObjectIndenter(new DefaultIndenter("  ", "\n"))
            .withArrayIndenter(new DefaultIndenter("  ", "\n"));

    private final JsonNode description;

    PostmanCollection(JsonNode description) {
        this.description = description;
    }

    String json() {
        ObjectNode collection = JSON.createObjectNode();
        JsonNode info = description.path("info");
        collection
                .putObject("info")
                .put("name", info.path("title").asString())
                .put("description", info.path("description").asString())
                .put("schema", "https://schema.getpostman.com/json/collection/v2.1.0/collection.json");
        ArrayNode folders = collection.putArray("item");
        description.path("tags").forEach(tag -> folders.add(folder(tag)));
        collection.putArray("variable").addObject().put("key", "baseUrl").put("value", "http://localhost:8080");
        return JSON.writer().with(PRETTY).writeValueAsString(collection) + "\n";
    }

    private ObjectNode folder(JsonNode tag) {
        ObjectNode folder = JSON.createObjectNode()
                .put("name", tag.path("name").asString())
                .put("description", tag.path("description").asString());
        ArrayNode items = folder.putArray("item");
        description
                .path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().stream()
                        .filter(call -> call.getValue().path("tags").path(0).equals(tag.path("name")))
                        .forEach(call -> items.add(item(path.getKey(), call))));
        return folder;
    }

    private ObjectNode item(String path, Map.Entry<String, JsonNode> call) {
        JsonNode operation = call.getValue();
        ObjectNode request = request(path, call.getKey(), operation);
        ObjectNode item =
                JSON.createObjectNode().put("name", operation.path("summary").asString());
        item.set("request", request);
        ArrayNode answers = item.putArray("response");
        operation
                .path("responses")
                .properties()
                .forEach(answer -> answer.getValue()
                        .path("content")
                        .properties()
                        .forEach(content -> content.getValue()
                                .path("examples")
                                .properties()
                                .forEach(example -> answers.add(answer(
                                        request, answer, content.getKey(), example.getKey(), example.getValue())))));
        return item;
    }

    private ObjectNode request(String path, String method, JsonNode operation) {
        ObjectNode request = JSON.createObjectNode().put("method", method.toUpperCase(Locale.ROOT));
        request.put("description", operation.path("description").asString());
        ArrayNode headers = request.putArray("header");
        parameters(operation, "header").forEach(parameter -> headers.add(value(parameter)));
        request.set("url", url(path, operation));
        JsonNode body = operation
                .path("requestBody")
                .path("content")
                .path("application/json")
                .path("examples");
        body.valueStream().findFirst().ifPresent(example -> {
            headers.addObject().put("key", "Content-Type").put("value", "application/json");
            ObjectNode raw = request.putObject("body").put("mode", "raw").put("raw", text(example));
            raw.putObject("options").putObject("raw").put("language", "json");
        });
        return request;
    }

    private static ObjectNode url(String path, JsonNode operation) {
        String variables = path.replaceAll("\\{(\\w+)}", ":$1");
        ObjectNode url = JSON.createObjectNode();
        List<JsonNode> query = parameters(operation, "query").toList();
        String required = query.stream()
                .filter(PostmanCollection::required)
                .map(parameter -> parameter.path("name").asString() + "=" + example(parameter))
                .collect(joining("&"));
        url.put("raw", "{{baseUrl}}" + variables + (required.isEmpty() ? "" : "?" + required));
        url.putArray("host").add("{{baseUrl}}");
        ArrayNode segments = url.putArray("path");
        Stream.of(variables.substring(1).split("/")).forEach(segments::add);
        ArrayNode parameters = url.putArray("query");
        query.forEach(parameter -> parameters.add(value(parameter)));
        ArrayNode values = url.putArray("variable");
        parameters(operation, "path").forEach(parameter -> values.add(value(parameter)));
        return url;
    }

    private static Stream<JsonNode> parameters(JsonNode operation, String in) {
        return operation
                .path("parameters")
                .valueStream()
                .filter(parameter -> parameter.path("in").asString().equals(in));
    }

    /** Optional parameters are included but disabled. */
    private static ObjectNode value(JsonNode parameter) {
        ObjectNode value = JSON.createObjectNode()
                .put("key", parameter.path("name").asString())
                .put("value", example(parameter))
                .put("description", parameter.path("description").asString());
        return required(parameter) ? value : value.put("disabled", true);
    }

    /** Optional parameters have their examples in the schema, because Swagger UI would send those of the parameter. */
    private static String example(JsonNode parameter) {
        return parameter
                .path("example")
                .asString(parameter.at("/schema/examples/0").asString());
    }

    private static boolean required(JsonNode parameter) {
        return parameter.path("required").asBoolean(false);
    }

    private static ObjectNode answer(
            ObjectNode request, Map.Entry<String, JsonNode> answer, String mediaType, String name, JsonNode example) {
        int code = Integer.parseInt(answer.getKey());
        ObjectNode saved = JSON.createObjectNode()
                .put("name", name.equals("example") ? answer.getKey() : answer.getKey() + " " + name);
        saved.set("originalRequest", request);
        saved.put("status", HttpStatus.valueOf(code).getReasonPhrase()).put("code", code);
        saved.putArray("header").addObject().put("key", "Content-Type").put("value", mediaType);
        return saved.put("body", text(example));
    }

    private static String text(JsonNode example) {
        JsonNode value = example.path("value");
        return value.isString() ? value.asString() : JSON.writer().with(PRETTY).writeValueAsString(value);
    }
}
