package io.imageprocessor.api.description;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/** Checks that the description of every call is complete for its readers. */
class DescribedCallsTest {

    private static final ApiDescription DESCRIPTION = ApiDescription.checkedIn();

    static Stream<DescribedCall> calls() {
        return DESCRIPTION.calls();
    }

    @ParameterizedTest
    @MethodSource("calls")
    void hasASummaryAndADescribedTag(DescribedCall call) {
        Set<String> tags = DESCRIPTION
                .document()
                .path("tags")
                .valueStream()
                .filter(tag -> !tag.path("description").asString("").isEmpty())
                .map(tag -> tag.path("name").asString())
                .collect(toSet());

        assertThat(call.node().path("summary").asString("")).isNotEmpty();
        assertThat(call.node().path("tags").valueStream().map(JsonNode::asString))
                .hasSize(1)
                .isSubsetOf(tags);
    }

    @ParameterizedTest
    @MethodSource("calls")
    void describesEveryParameterWithAnExample(DescribedCall call) {
        assertThat(call.node().path("parameters").valueStream()).allSatisfy(parameter -> {
            assertThat(parameter.path("description").asString("")).isNotEmpty();
            assertThat(parameter.has("example")
                            || parameter.at("/schema/examples/0").isValueNode())
                    .as(parameter.toString())
                    .isTrue();
        });
    }

    @ParameterizedTest
    @MethodSource("calls")
    void hasAValidExampleOfEveryBody(DescribedCall call) {
        Set<JsonPointer> bodies = new HashSet<>();
        if (call.node().has("requestBody")) {
            bodies.add(JsonPointer.compile("/requestBody/content"));
        }
        call.node().path("responses").properties().stream()
                .filter(answer -> answer.getValue().has("content"))
                .forEach(answer -> bodies.add(JsonPointer.compile("/responses/" + answer.getKey() + "/content")));

        assertThat(bodies)
                .isNotEmpty()
                .allSatisfy(body -> call.node()
                        .at(body)
                        .properties()
                        .forEach(content -> assertExamples(call, body, content.getKey(), content.getValue())));
    }

    private static void assertExamples(DescribedCall call, JsonPointer body, String mediaType, JsonNode content) {
        assertThat(content.path("examples").valueStream())
                .as("examples at %s of %s", body, mediaType)
                .isNotEmpty()
                .allSatisfy(example -> {
                    JsonNode value = example.path("value");
                    String text = value.isString() ? value.asString() : value.toString();
                    assertThat(DESCRIPTION.content(
                                    mediaType, text, call.pointer().append(body)))
                            .isEmpty();
                });
    }

    @Test
    void callsHaveUniqueNames() {
        assertThat(calls().map(DescribedCall::id)).doesNotHaveDuplicates().isNotEmpty();
    }

    @Test
    void callsUseEverySchema() {
        Set<String> referred = DESCRIPTION.document().findValuesAsString("$ref").stream()
                .map(reference -> reference.replace("#/components/schemas/", ""))
                .collect(toSet());

        assertThat(DESCRIPTION.document().at("/components/schemas").propertyNames())
                .containsExactlyInAnyOrderElementsOf(referred);
    }
}
