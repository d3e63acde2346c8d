package io.imageprocessor.api.description;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** JSON Merge Patch, RFC 7396: objects are merged key by key, null removes a key, everything else replaces. */
final class MergePatch {

    private MergePatch() {}

    /** Changes {@code target} as {@code patch} says. */
    static void apply(ObjectNode target, ObjectNode patch) {
        patch.properties().forEach(change -> {
            String key = change.getKey();
            if (change.getValue().isNull()) {
                target.remove(key);
            } else if (change.getValue() instanceof ObjectNode inner) {
                JsonNode present = target.get(key);
                apply(present instanceof ObjectNode object ? object : target.putObject(key), inner);
            } else {
                target.set(key, change.getValue());
            }
        });
    }
}
