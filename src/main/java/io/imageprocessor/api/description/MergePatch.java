package io.imageprocessor.api.description;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Applies a JSON Merge Patch, RFC 7396: objects merge by key, null removes a key, other values replace. */
final class MergePatch {

    private MergePatch() {}

    /** Applies {@code patch} to {@code target}. */
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
