package io.imageprocessor.api.description;

import static java.util.stream.Collectors.toSet;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Checks exchanges against an OpenAPI description. It is stricter than OpenAPI: an undescribed key, header, parameter
 * or status is an error too. Thread-safe.
 */
public final class ApiDescription {

    /** The description in the repository. */
    public static final Path FILE = Path.of("docs", "openapi.yaml");

    private static final String ID = "https://imageprocessor.invalid/openapi";
    private static final JsonMapper JSON = JsonMapper.shared();

    /** Headers that do not belong to this API, or that every response has. */
    private static final Set<String> PLAIN_HEADERS = Set.of(
            "allow",
            "cache-control",
            "connection",
            "content-length",
            "content-security-policy",
            "content-type",
            "date",
            "keep-alive",
            "transfer-encoding",
            "vary",
            "x-content-type-options");

    private final JsonNode document;
    private final SchemaRegistry schemas;
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    private ApiDescription(JsonNode document) {
        this.document = document;
        JsonNode strict = document.deepCopy();
        rejectUndescribedKeys(strict);
        this.schemas = SchemaRegistry.withDefaultDialect(
                Dialects.getOpenApi31(),
                registry -> registry.schemas(Map.of(ID, strict.toString()))
                        .schemaRegistryConfig(SchemaRegistryConfig.builder()
                                .formatAssertionsEnabled(true)
                                .locale(Locale.ENGLISH)
                                .build()));
    }

    /** Returns the description in {@link #FILE}, read once. */
    public static ApiDescription checkedIn() {
        return CheckedIn.DESCRIPTION;
    }

    /** Reads the description in {@link #FILE}, without seen responses. */
    static ApiDescription read() {
        try {
            return parse(Files.readString(FILE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static ApiDescription parse(String yaml) {
        return new ApiDescription(YAMLMapper.shared().readTree(yaml));
    }

    private static void rejectUndescribedKeys(JsonNode node) {
        if (node instanceof ObjectNode schema
                && schema.path("properties").isObject()
                && !schema.has("additionalProperties")) {
            schema.put("additionalProperties", false);
        }
        node.forEach(ApiDescription::rejectUndescribedKeys);
    }

    /** Returns the whole description. */
    JsonNode document() {
        return document;
    }

    /** Returns the kinds of responses that {@link #check} has seen, such as {@code submit 201 application/json}. */
    Set<String> seen() {
        return Set.copyOf(seen);
    }

    /**
     * Checks an exchange; paths outside of {@code /api} are ignored.
     *
     * @throws AssertionError with all differences from the description
     */
    public void check(Exchange exchange) {
        List<String> lies = lies(exchange);
        if (!lies.isEmpty()) {
            throw new AssertionError("%s, and the description does not have it so:%n- %s%n%s"
                    .formatted(exchange, String.join("%n- ".formatted(), lies), exchange.body()));
        }
    }

    /** Returns the differences from the description, one sentence each. */
    List<String> lies(Exchange exchange) {
        if (!exchange.path().startsWith("/api/")) {
            return List.of();
        }
        Optional<DescribedCall> call = call(exchange.method(), exchange.path());
        return call.isPresent() ? lies(exchange, call.get()) : undescribed(exchange);
    }

    private List<String> undescribed(Exchange exchange) {
        boolean knownPath = Stream.of("get", "post", "put", "patch", "delete")
                .anyMatch(method -> call(method, exchange.path()).isPresent());
        if (exchange.status() != 400 && exchange.status() != (knownPath ? 405 : 404)) {
            return List.of("the call is not described");
        }
        return exchange.method().equals("HEAD")
                ? List.of()
                : lies(exchange.body(), JsonPointer.compile("/components/schemas/ErrorBody"));
    }

    private List<String> lies(Exchange exchange, DescribedCall call) {
        JsonNode answer = call.node().path("responses").path(Integer.toString(exchange.status()));
        if (answer.isMissingNode()) {
            return List.of("the status is not described");
        }
        seen.add((call.id() + " " + exchange.status() + " " + exchange.mediaType()).strip());
        List<String> lies = new ArrayList<>(headers(exchange, answer.path("headers")));
        JsonPointer contents =
                call.pointer().append(JsonPointer.compile("/responses/" + exchange.status() + "/content"));
        if (!exchange.method().equals("HEAD")) {
            lies.addAll(body(exchange, contents));
        }
        if (exchange.status() < 300) {
            lies.addAll(request(exchange, call));
        }
        return lies;
    }

    private static List<String> headers(Exchange exchange, JsonNode described) {
        List<String> lies = new ArrayList<>();
        described.properties().stream()
                .filter(header -> header.getValue().path("required").asBoolean(false))
                .filter(header -> !exchange.headers().containsKey(header.getKey()))
                .forEach(header -> lies.add("the required header " + header.getKey() + " is missing"));
        Set<String> known = described.propertyNames().stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .collect(toSet());
        exchange.headers().keySet().stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .filter(name -> !known.contains(name) && !PLAIN_HEADERS.contains(name))
                .forEach(name -> lies.add("the header " + name + " is not described"));
        return lies;
    }

    private List<String> body(Exchange exchange, JsonPointer contents) {
        JsonNode described = document.at(contents);
        if (described.isMissingNode()) {
            return exchange.body().isEmpty() ? List.of() : List.of("a body is not described");
        }
        if (!described.has(exchange.mediaType())) {
            return List.of("the content type '" + exchange.mediaType() + "' is not described");
        }
        return content(exchange.mediaType(), exchange.body(), contents);
    }

    /** Returns the differences of a request, independent of its response. */
    List<String> requestLies(Exchange exchange) {
        return call(exchange.method(), exchange.path())
                .map(call -> request(exchange, call))
                .orElse(List.of("the call is not described"));
    }

    private List<String> request(Exchange exchange, DescribedCall call) {
        List<String> lies = new ArrayList<>();
        Set<String> known = call.node()
                .path("parameters")
                .valueStream()
                .filter(parameter -> parameter.path("in").asString().equals("query"))
                .map(parameter -> parameter.path("name").asString())
                .collect(toSet());
        exchange.parameters().stream()
                .filter(name -> !known.contains(name))
                .forEach(name -> lies.add("the parameter " + name + " is not described"));
        if (!exchange.sent().isEmpty() && !call.node().has("requestBody")) {
            lies.add("a body was taken that is not described");
        } else if (!exchange.sent().isEmpty()) {
            JsonPointer contents = call.pointer().append(JsonPointer.compile("/requestBody/content"));
            content("application/json", exchange.sent(), contents)
                    .forEach(lie -> lies.add("a body was taken that is not as described: " + lie));
        }
        return lies;
    }

    /**
     * Returns the differences of a body. It checks JSON, each line of NDJSON and the data of events, but no other type.
     */
    List<String> content(String mediaType, String body, JsonPointer contents) {
        JsonPointer schema = contents.appendProperty(mediaType).appendProperty("schema");
        return switch (mediaType) {
            case "application/json" -> lies(body, schema);
            case "application/x-ndjson" ->
                body.lines().flatMap(line -> lies(line, schema).stream()).toList();
            case "text/event-stream" ->
                body.lines()
                        .filter(line -> line.startsWith("data:"))
                        .flatMap(line -> lies(line.substring("data:".length()), schema).stream())
                        .toList();
            default -> List.of();
        };
    }

    private List<String> lies(String json, JsonPointer pointer) {
        if (json.isBlank()) {
            return List.of("the body is no JSON: it is empty");
        }
        try {
            Schema schema = schemas.getSchema(SchemaLocation.of(ID + "#" + pointer));
            return schema.validate(JSON.readTree(json)).stream()
                    .map(error -> error.getInstanceLocation() + ": " + error.getMessage())
                    .toList();
        } catch (JacksonException e) {
            return List.of("the body is no JSON: " + e.getOriginalMessage());
        }
    }

    /** Returns the described call for a method and a path; a literal path precedes one with variables. */
    Optional<DescribedCall> call(String method, String path) {
        String name = method.equals("HEAD") ? "get" : method.toLowerCase(Locale.ROOT);
        String described = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return calls().filter(call -> call.method().equals(name) && call.matches(described))
                .min(Comparator.comparingInt(DescribedCall::variables));
    }

    Stream<DescribedCall> calls() {
        return document.path("paths").properties().stream()
                .flatMap(path -> path.getValue().properties().stream()
                        .map(method -> new DescribedCall(path.getKey(), method.getKey(), method.getValue())));
    }

    private static final class CheckedIn {

        private static final ApiDescription DESCRIPTION = read();
    }
}
