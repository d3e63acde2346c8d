package io.imageprocessor.deploy;

import java.nio.file.Path;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads YAML files without a model; a repeated field is an error. */
final class YamlFiles {

    private YamlFiles() {}

    static Map<String, Object> fields(String yaml) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        return new Yaml(new SafeConstructor(options)).load(yaml);
    }

    /** Returns the fields of a file of this project as a tree. */
    static JsonNode tree(String file) {
        return JsonMapper.shared().valueToTree(fields(Manifests.text(Path.of(file))));
    }
}
