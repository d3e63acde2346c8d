package io.imageprocessor.deploy;

import java.nio.file.Path;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Files of YAML as they are, whether or not a model describes them; a field that is there twice is an error. */
final class YamlFiles {

    private YamlFiles() {}

    static Map<String, Object> fields(String yaml) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        return new Yaml(new SafeConstructor(options)).load(yaml);
    }

    /** The fields of a file of this project, to walk through. */
    static JsonNode tree(String file) {
        return JsonMapper.shared().valueToTree(fields(Manifests.text(Path.of(file))));
    }
}
