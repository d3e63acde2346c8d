package io.imageprocessor.api.description;

import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/**
 * A call of a description.
 *
 * @param path with its variables in braces
 * @param method in lower case
 * @param node all that is described of it
 */
record DescribedCall(String path, String method, JsonNode node) {

    /** Where in the description it is. */
    JsonPointer pointer() {
        return JsonPointer.compile("/paths").appendProperty(path).appendProperty(method);
    }

    String id() {
        return node.path("operationId").asString();
    }

    boolean matches(String called) {
        return called.matches(path.replaceAll("\\{\\w+}", "[^/]+"));
    }

    /** How many variables its path has. */
    int variables() {
        return path.split("\\{", -1).length - 1;
    }

    @Override
    public String toString() {
        return id();
    }
}
