package io.imageprocessor.api.description;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import io.imageprocessor.job.JobId;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RecordSchemasTest {

    enum Light {
        DAY,
        NEON_TUBE
    }

    record Price(int cents) {}

    record Shelf(
            @JsonProperty("shelf_id") String id, @Nullable String label) {}

    record Wall(
            @JsonUnwrapped Shelf shelf,
            @Nullable Price price,
            @Nullable Instant since,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Integer left,

            List<Light> lights,
            JobId job,
            List<JobId> jobs,
            @JsonProperty("retry_of") @Nullable JobId retryOf) {}

    @SuppressWarnings("rawtypes") // as swagger-core returns them
    Map<String, Schema> schemas = Map.of();

    @BeforeEach
    void read() {
        ModelConverters converters = new ModelConverters(true);
        converters.addConverter(new RecordSchemas());
        schemas = converters.readAll(Wall.class);
    }

    @Test
    void requiresNullableComponents() {
        assertThat(required("Wall"))
                .containsExactlyInAnyOrder("shelf_id", "label", "price", "since", "lights", "job", "jobs", "retry_of");
        assertThat(required("Price")).containsExactly("cents");
    }

    @Test
    void allowsNullForNullableComponents() {
        assertThat(property("label")).isEqualTo("{\"type\":[\"string\",\"null\"]}");
        assertThat(property("since")).isEqualTo("{\"type\":[\"string\",\"null\"],\"format\":\"date-time\"}");
        assertThat(property("price"))
                .isEqualTo("{\"anyOf\":[{\"$ref\":\"#/components/schemas/Price\"},{\"type\":\"null\"}]}");
        assertThat(property("shelf_id")).isEqualTo("{\"type\":\"string\"}");
    }

    @Test
    void doesNotAllowNullForOmittedComponents() {
        assertThat(property("left")).isEqualTo("{\"type\":\"integer\",\"format\":\"int32\"}");
    }

    @Test
    void describesEnumsByTheirOwnLowerCaseSchemas() {
        assertThat(property("lights"))
                .isEqualTo("{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/Light\"}}");
        assertThat(tree("Light")).hasToString("{\"type\":\"string\",\"enum\":[\"day\",\"neon_tube\"]}");
    }

    @Test
    void describesJobIdsByTheirOwnSchema() {
        assertThat(property("job")).isEqualTo("{\"$ref\":\"#/components/schemas/JobId\"}");
        assertThat(property("jobs"))
                .isEqualTo("{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/JobId\"}}");
        assertThat(property("retry_of"))
                .isEqualTo("{\"anyOf\":[{\"$ref\":\"#/components/schemas/JobId\"},{\"type\":\"null\"}]}");
    }

    private List<String> required(String schema) {
        return tree(schema).path("required").valueStream().map(JsonNode::asText).toList();
    }

    private String property(String name) {
        return tree("Wall").path("properties").path(name).toString();
    }

    private JsonNode tree(String schema) {
        return Json31.mapper().valueToTree(schemas.get(schema));
    }
}
