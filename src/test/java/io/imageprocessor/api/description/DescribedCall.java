package io.imageprocessor.api.description;

import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/**
 * A call of a description.
 *
 * @param path path with its variables in braces
 * @param method method in lower case
 * @param node description of the call
 */
record DescribedCall(String path, String method, JsonNode node) {

    /** Returns the position in the description. */
    JsonPointer pointer() {
        return JsonPointer.compile("/paths").appendProperty(path).appendProperty(method);
    }

    String id() {
        return node.path("operationId").asString();
    }

    boolean matches(String called) {
        return called.matches(path.replaceAll("\\{\\w+}", "[^/]+"));
    }

    /** Returns the number of variables in the path. */
    int variables() {
        return path.split("\\{", -1).length - 1;
    }

    @Override
    public String toString() {
        return id();
    }
}
