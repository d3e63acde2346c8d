package io.imageprocessor.api.description;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.imageprocessor.api.Cursor;
import io.imageprocessor.api.events.WaitTime;
import io.imageprocessor.job.JobId;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.Schema;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Describes records as they are written. Every component is required, because nulls are written too, unless
 * {@code @JsonInclude} omits them. Only {@code @Nullable} components can be null. An enum is a schema of its own, in
 * lower case. A job id is the schema {@code JobId}, whose type depends on a setting. Thread-safe.
 */
@Component
class RecordSchemas implements ModelConverter {

    private static final String SCHEMAS = "#/components/schemas/";

    /** Types of parameters that a converter parses from text. */
    private static final Set<Class<?>> PARSED_PARAMETERS = Set.of(Cursor.class, WaitTime.class);

    @Override
    public @Nullable Schema<?> resolve(
            AnnotatedType type, ModelConverterContext context, Iterator<ModelConverter> chain) {
        Class<?> java = Json31.mapper().constructType(type.getType()).getRawClass();
        if (PARSED_PARAMETERS.contains(java)) {
            JsonSchema text = new JsonSchema();
            text.addType("string");
            return text;
        }
        if (java == JobId.class) {
            return new JsonSchema().$ref(SCHEMAS + "JobId");
        }
        if (java.isEnum()) {
            context.defineModel(java.getSimpleName(), lowerCase(java), java, null);
            return new JsonSchema().$ref(SCHEMAS + java.getSimpleName());
        }
        Schema<?> schema = chain.hasNext() ? chain.next().resolve(type, context, chain) : null;
        if (java.isRecord() && schema != null) {
            Schema<?> model = schema.get$ref() == null
                    ? schema
                    : context.getDefinedModels().get(schema.get$ref().substring(SCHEMAS.length()));
            if (model != null && model.getProperties() != null) {
                List<String> required = new ArrayList<>();
                complete(java, model.getProperties(), required);
                model.setRequired(required);
            }
        }
        return schema;
    }

    private static Schema<?> lowerCase(Class<?> type) {
        JsonSchema schema = new JsonSchema();
        schema.addType("string");
        Arrays.stream(type.getEnumConstants())
                .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
                .forEach(schema::addEnumItemObject);
        return schema;
    }

    @SuppressWarnings("rawtypes") // as swagger-core declares the properties of a schema
    private static void complete(Class<?> type, Map<String, Schema> properties, List<String> required) {
        for (RecordComponent component : type.getRecordComponents()) {
            // Annotations of Jackson apply to the accessor of a component, not to the component.
            if (component.getAccessor().isAnnotationPresent(JsonUnwrapped.class)) {
                complete(component.getType(), properties, required);
                continue;
            }
            JsonProperty property = component.getAccessor().getAnnotation(JsonProperty.class);
            String name = property == null ? component.getName() : property.value();
            if (component.getAccessor().isAnnotationPresent(JsonInclude.class)) {
                // Omitted instead of written as null.
                continue;
            }
            required.add(name);
            if (component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                properties.computeIfPresent(name, (_, schema) -> orNull(schema));
            }
        }
    }

    private static Schema<?> orNull(Schema<?> schema) {
        if (schema.get$ref() != null) {
            JsonSchema none = new JsonSchema();
            none.addType("null");
            return new JsonSchema().anyOf(List.of(schema, none));
        }
        if (schema.getTypes() != null) {
            schema.addType("null");
        }
        return schema;
    }
}
